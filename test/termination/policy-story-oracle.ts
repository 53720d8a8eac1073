/** The rules of SAFETY.md once more, in other words and without lib/: judged by what was seen from outside. */

import { DAY, ENDS, HOUR, KEEPS, LIVES, type ToldFence } from './policy-story.ts';
import { type ActSeen, type CallSeen, type Lived, type LivedRun } from './policy-story-world.ts';

/** Every rule that was broken, as a sentence. */
export function broken(lived: Lived): string[] {
  const { acts, runs } = lived;
  const seen = acts.flatMap((act) => act.calls.flatMap((call) => call.numbers)).length;
  const sent = acts.flatMap((act) => act.calls).length;
  return [
    ...acts.flatMap((act) => act.calls.flatMap((call) => call.numbers.flatMap((no) => wrongs(act, call, no)))),
    ...runs.filter((one) => actsOf(one, acts).length > 0).flatMap((one) => overLimits(one, lived)),
    ...repeated(lived),
    ...shared(lived),
    ...runs.flatMap(unended),
    ...(sent === lived.accepted && seen >= sent ? [] : [`${lived.accepted} calls were taken, and ${sent} were sent`]),
  ];
}

function wrongs(act: ActSeen, { action, askedAt }: CallSeen, no: string): string[] {
  const { run, published } = act;
  const server = act.servers.get(no);
  const tags = act.tags.get(no) ?? {};
  const planned = run.ended?.plan.items.find((item) => item.target.serverInstanceNo === no);
  const reasons = [
    server?.isProtected === true && 'it is protected',
    (act.holds.get(no) ?? 0) > act.at && 'it is held',
    tags['keep'] !== undefined && keptUntil(tags['keep']) > act.at && `it is kept: ${tags['keep']}`,
    server === undefined || !isMeant(run.began, server.name, tags) ? 'its policy did not mean it' : false,
    typeof published === 'object' && published.onlyPlans && !run.began.onlyPlans && 'its policy only plans now',
    published === 'removed' && 'its policy was removed',
    typeof published === 'object' && !isMeant(published, server?.name ?? '', tags) && 'its policy means it no more',
    !isOpen(run.began.window, act.at) && 'the window was closed at the look',
    typeof published === 'object' && !isOpen(published.window, act.at) && 'the new window was closed at the look',
    !isOpen(run.began.window, askedAt) && 'the window was closed',
    typeof published === 'object' && !isOpen(published.window, askedAt) && 'the new window was closed',
    run.told.expiry === 'tags' && dueAt(tags, server?.createDate ?? '') > act.at && 'it is not due',
    planned === undefined && 'it was not planned',
    (planned?.verdict === 'refuse' || planned?.guard === 'limit') && 'the plan refused it',
    planned !== undefined && planned.target.serverName !== server?.name && 'it is called otherwise',
  ];
  const when = new Date(askedAt).toISOString();
  return reasons.flatMap((why) => (why === false ? [] : [`${action} ${no} by ${run.owner} at ${when}, though ${why}`]));
}

function keptUntil(keep: string): number {
  return KEEPS.get(keep) ?? Number.POSITIVE_INFINITY;
}

/** The chosen instant beats a lifetime; if one of the two is invalid, nothing is due. */
function dueAt(tags: Readonly<Record<string, string>>, createDate: string): number {
  const { 'terminate-at': end, ttl } = tags;
  const ends = end === undefined ? undefined : (ENDS.get(end) ?? Number.NaN);
  const lives = ttl === undefined ? undefined : (LIVES.get(ttl) ?? Number.NaN);
  if (ends === Number.POSITIVE_INFINITY || lives === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (ends !== undefined) return ends;
  return lives === undefined ? Number.POSITIVE_INFINITY : Date.parse(createDate) + lives;
}

function isMeant(policyTerms: ToldFence, name: string, { env }: Readonly<Record<string, string>>): boolean {
  const isNamed = policyTerms.names.some((one) =>
    one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one,
  );
  const isExcepted =
    policyTerms.unlessName === null ? policyTerms.unlessProd && env === 'prod' : policyTerms.unlessName === name;
  return isNamed && !isExcepted && (!policyTerms.byTag || env === 'dev');
}

/** Sunday first, as Date counts. */
const WEEK = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** Independence Movement Day and its substitute; the next one is in May. */
const KOREAN_HOLIDAYS = ['2026-03-01', '2026-03-02'];

/** Korea is nine hours ahead of UTC, always. */
function isOpen(window: ToldFence['window'], at: number): boolean {
  if (window === null) return true;
  const wall = at + 9 * HOUR;
  if (wall > Date.parse('2026-05-01T00:00:00Z')) throw new Error('the story is too long for its list of holidays');
  const minute = Math.floor((wall % DAY) / 60_000);
  const from = minutesOf(window.from);
  const to = minutesOf(window.to);
  const length = to > from ? to - from : to + 1440 - from;
  const began = (daysAgo: number): boolean => {
    const day = new Date(wall - daysAgo * DAY);
    const date = day.toISOString().slice(0, 10);
    const { calendar, dates } = window.holidays;
    const isFree = dates.includes(date) || (calendar === 'KR' && KOREAN_HOLIDAYS.includes(date));
    const since = minute + daysAgo * 1440 - from;
    return window.days.some((one) => one === WEEK[day.getUTCDay()]) && !isFree && since >= 0 && since < length;
  };
  return began(0) || began(1);
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

function actsOf(one: LivedRun, acts: readonly ActSeen[]): ActSeen[] {
  return acts.filter((act) => act.run === one && act.calls.length > 0);
}

/** From outside nobody sees when it was admitted: it must have been right at one of the times at which it asked. */
function overLimits(one: LivedRun, lived: Lived): string[] {
  if (one.admissions.length === 0) return [`${one.owner} acted and was never admitted`];
  const wrong = one.admissions.map((admitted) => overLimitsAt(admitted, one, lived));
  return wrong.find((problems) => problems.length === 0) ?? wrong[0] ?? [];
}

/** Its own plan, and everything touched by runs that were admitted in the day before, whenever they touched it. */
function overLimitsAt({ at, order, holds }: Admission, one: LivedRun, { runs, acts }: Lived): string[] {
  const { told, owner } = one;
  const before = runs.filter(
    (other) =>
      other !== one &&
      other.admissions.length > 0 &&
      other.admissions.every((each) => each.order < order && each.at > at - DAY),
  );
  const count = new Set([...plannedBy(one, at), ...before.flatMap((other) => actsOf(other, acts).flatMap(numbersOf))])
    .size;
  const percent = (count / holds) * 100;
  return [
    ...(count > told.maxServers ? [`${owner} makes ${count} servers of at most ${told.maxServers}`] : []),
    ...(percent > told.maxPercent ? [`${owner} makes ${percent} % of at most ${told.maxPercent} %`] : []),
  ];
}

type Admission = LivedRun['admissions'][number];

function numbersOf({ calls }: ActSeen): string[] {
  return calls.flatMap((call) => call.numbers);
}

/** What it was going to do, without what it left to other runs and what it knew to be held when it asked. */
function plannedBy({ ended }: LivedRun, admittedAt: number): string[] {
  const left = (ended?.history.events ?? []).flatMap((event) => {
    if (event.kind !== 'outcome' || event.outcome.result !== 'refused') return [];
    const { guard } = event.outcome;
    const isHeld = guard === 'held' && Date.parse(event.at) <= admittedAt;
    return guard === 'other-run' || isHeld ? [event.serverInstanceNo] : [];
  });
  return (ended?.plan.items ?? [])
    .filter(({ verdict }) => verdict === 'terminate' || verdict === 'wait')
    .map((item) => item.target.serverInstanceNo)
    .filter((no) => !left.includes(no));
}

function repeated({ runs, acts }: Lived): string[] {
  const ended = acts.flatMap((act) =>
    act.calls.filter(({ action }) => action === 'terminateServerInstances').flatMap(({ numbers }) => numbers),
  );
  const stopped = acts.flatMap((act) =>
    act.calls
      .filter(({ action }) => action === 'stopServerInstances')
      .flatMap(({ numbers }) => numbers.map((no) => `${no} by ${act.run.owner}`)),
  );
  const active = runs.filter((one) => actsOf(one, acts).length > 0);
  // The store remembers a request for a day; after that it is a new one.
  const carriedOut = active.flatMap((one, index) => {
    const others = active.slice(0, index).filter((other) => other.requestId === one.requestId);
    return others
      .filter((other) => Math.abs(firstAct(one, acts) - firstAct(other, acts)) < DAY)
      .map(() => one.requestId);
  });
  return [
    ...twice(ended).map((no) => `${no} was terminated twice`),
    ...twice(stopped).map((what) => `${what} was stopped twice`),
    ...carriedOut.map((id) => `${id} was carried out by two`),
  ];
}

/** A run that was admitted while another one still worked on a server leaves that server to it. */
function shared({ runs, acts }: Lived): string[] {
  return runs.flatMap((first) =>
    runs.flatMap((second) => {
      const began = Math.max(...first.admissions.map(({ order }) => order));
      const servers = new Set(actsOf(second, acts).flatMap(numbersOf));
      const late = actsOf(first, acts).filter(
        (act) =>
          second.admissions.length > 0 && second.admissions.every(({ at, order }) => order > began && at < act.at),
      );
      const both = first === second ? [] : late.flatMap(numbersOf).filter((no) => servers.has(no));
      return both.map((no) => `${no} was taken by ${second.owner} while ${first.owner} was at it`);
    }),
  );
}

function firstAct(one: LivedRun, acts: readonly ActSeen[]): number {
  return Math.min(...actsOf(one, acts).map(({ at }) => at));
}

function twice(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

export function outcomes(ended: LivedRun['ended']) {
  return (ended?.history.events ?? []).flatMap((event) =>
    event.kind === 'outcome' ? [{ no: event.serverInstanceNo, outcome: event.outcome }] : [],
  );
}

function unended({ ended, owner }: LivedRun): string[] {
  const told = outcomes(ended);
  return (ended?.plan.items ?? []).flatMap(({ target: { serverInstanceNo: no } }) => {
    const count = told.filter((one) => one.no === no).length;
    return count === 1 ? [] : [`${no} has ${count} outcomes in the run of ${owner}`];
  });
}
