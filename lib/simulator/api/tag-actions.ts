import { ActionRefused } from '../errors.ts';
import { classicTag } from './classic-shapes.ts';
import { listReply, touchedReply } from './page.ts';
import type { ListReply } from './reply.ts';
import { type Action, type ActionCall, numberFilter } from './scope.ts';

interface InstanceTag {
  instanceNo: string;
  tagKey: string;
  tagValue: string;
}

/** Classic only. Tags of servers that are gone are listed too: they outlive the server. */
export const getInstanceTagList: Action = (call) => {
  const numbers = numberFilter(call, 'instanceNoList', '24109');
  const keys = new Set(call.parameters.list('tagKeyList'));
  const values = new Set(call.parameters.list('tagValueList'));
  const wanted = tagsOf(call, numbers ?? call.world.tags.keys()).filter(
    (tag) => (keys.size === 0 || keys.has(tag.tagKey)) && (values.size === 0 || values.has(tag.tagValue)),
  );
  return listReply(wanted, call.parameters, {
    listName: 'instanceTagList',
    environment: 'classic',
    shape: classicTag,
    sortKeys: { instanceNo: (tag) => tag.instanceNo, tagKey: (tag) => tag.tagKey },
  });
};

/** Classic only: sets each tag on each server. */
export const createInstanceTags: Action = (call) => {
  const numbers = call.parameters.requiredList('instanceNoList');
  const tags = call.parameters.records('instanceTagList', ['tagKey', 'tagValue']);
  if (tags.length === 0) throw new ActionRefused('900', 'instanceTagList.N');
  if (tags.some((tag) => !tag.tagKey)) throw new ActionRefused('900', 'instanceTagList.N.tagKey');
  for (const number of numbers) {
    if (call.world.servers.get(number)?.environment !== 'classic') throw new ActionRefused('10713');
  }
  for (const number of numbers) {
    for (const tag of tags) call.world.changeTag(number, tag.tagKey ?? '', tag.tagValue ?? '', 'call');
  }
  return touched(tagsOf(call, numbers));
};

/** Classic only: without tags named, every tag of those numbers goes. Works on servers that are gone. */
export const deleteInstanceTags: Action = (call) => {
  const numbers = call.parameters.requiredList('instanceNoList');
  const named = call.parameters.records('instanceTagList', ['tagKey', 'tagValue']);
  const doomed = tagsOf(call, numbers).filter(
    (tag) =>
      named.length === 0 ||
      named.some((each) => each.tagKey === tag.tagKey && (each.tagValue ?? tag.tagValue) === tag.tagValue),
  );
  for (const tag of doomed) call.world.changeTag(tag.instanceNo, tag.tagKey, undefined, 'call');
  return touched(tagsOf(call, numbers));
};

function touched(tags: readonly InstanceTag[]): ListReply {
  return touchedReply('instanceTagList', tags, classicTag);
}

function tagsOf(call: ActionCall, numbers: Iterable<string>): InstanceTag[] {
  const { world } = call;
  return [...numbers].flatMap((instanceNo) => {
    const server = world.servers.get(instanceNo) ?? world.formerServers.get(instanceNo);
    if (server?.environment !== 'classic') return [];
    return [...world.tagsOf(instanceNo)].map(([tagKey, tagValue]) => ({ instanceNo, tagKey, tagValue }));
  });
}
