import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { CarriedOut } from '../triggers/carry-out.ts';

/** The namespace of all metrics. Their one dimension is `service`, the function: an alarm has to name exactly that. */
const NAMESPACE = 'banap';

/**
 * What became of a run, as metrics of its function: for Lambda, a run that ends as failed, unfinished or with something left is an
 * execution that succeeded. Zeros are written, too, so that an alarm sees that the run was there. A process that dies just
 * after this writes it once more when the run is replayed.
 */
export function countRun({ report, delivery }: CarriedOut, functionName: string): void {
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: functionName });
  for (const [name, count] of Object.entries(countsOf(report, delivery))) {
    metrics.addMetric(name, MetricUnit.Count, count);
  }
  metrics.publishStoredMetrics();
}

export function countsOf(report: CarriedOut['report'], delivery: CarriedOut['delivery']): Record<string, number> {
  const ended = (result: string): number => report.outcomes.filter((one) => one.result === result).length;
  return {
    Runs: 1,
    Terminated: ended('terminated'),
    Refused: ended('refused'),
    Failed: ended('failed'),
    Unfinished: ended('unfinished'),
    // What was to go and goes on costing money.
    LeftBilled: report.left.filter(({ asked }) => asked).length,
    DeliveryFailed: delivery.state === 'failed' ? 1 : 0,
  };
}
