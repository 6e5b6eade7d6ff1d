import type { WrittenCommit } from '../../fixtures/git/write-history.ts';
import { november } from './stage.fixture.ts';

/** The policy of the sample: a release counts as good after a day. */
export const SAMPLE_POLICY = `model: fraud-detector
owners: ['@acme/fraud-ml']
environments:
  production:
    pins:
      model:
        file: production/model.yaml
        path: spec.predictor.model.storageUri
        version: 's3://models/fraud/{version}'
      features:
        file: production/features.yaml
        path: data.snapshot
    target: { minSoak: 24h, maxDepth: 3 }
`;

export function modelFile(version: string, memory = '2Gi'): string {
  return `# Served by KServe.
kind: InferenceService
metadata: { name: fraud }
spec:
  predictor:
    model:
      storageUri: s3://models/fraud/${version} # set by the release job
      resources:
        limits: { memory: ${memory} }
`;
}

export function featuresFile(snapshot: string): string {
  return `kind: ConfigMap
metadata: { name: fraud-features }
data:
  snapshot: ${snapshot}
`;
}

function release(
  version: string,
  snapshot: string,
  at: number,
  author: string,
  more: WrittenCommit['files'] = {},
): WrittenCommit {
  return {
    message: `Release fraud-detector ${version}`,
    at,
    author,
    files: {
      'production/model.yaml': modelFile(version),
      'production/features.yaml': featuresFile(snapshot),
      ...more,
    },
  };
}

const ADA = 'Ada Lovelace <ada@acme.example>';
const CHEN = 'Chen Wei <chen@acme.example>';

/** Three releases that ran long enough or not, and a change besides the pins. */
export const SAMPLE: readonly WrittenCommit[] = [
  release('v1', 'tx-2026-10-31', november(1), ADA, {
    '.lastgood/fraud-detector.yaml': SAMPLE_POLICY,
  }),
  release('v2', 'tx-2026-11-04', november(5), CHEN),
  release('v3', 'tx-2026-11-11', november(12), ADA),
  release('v4', 'tx-2026-11-11', november(12, 15), CHEN),
  {
    message: 'Give the fraud model more memory',
    at: november(13),
    author: ADA,
    files: { 'production/model.yaml': modelFile('v4', '4Gi') },
  },
];
