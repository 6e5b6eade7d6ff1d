/** Why a delivery of samples, or one sample of it, was not taken. Closed: each has its sentence in `texts/samples.ts`. */
export type SampleProblemKind =
  /** The body is not JSON, or a field is not what it should be: nothing of the delivery is taken. */
  | 'field-invalid'
  | 'too-many'
  /** One sample cannot be taken; the others can. */
  | 'repository-not-allowed'
  | 'repository-ambiguous'
  | 'repository-not-installed'
  | 'target-not-allowed'
  | 'environment-missing'
  | 'target-unknown'
  | 'series-unknown'
  | 'time-ahead'
  | 'time-too-old';

/** What is wrong with one field, for the person who owns the sender. */
export interface SampleProblem {
  readonly why: SampleProblemKind;
  /** JSON path of the field: `$.samples[3].series`. */
  readonly field: string;
  /** What was found, shortened. */
  readonly value: string;
  readonly expected: string;
  readonly suggestion: string;
}
