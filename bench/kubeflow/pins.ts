import type { ImageEntry } from './find-tag.ts';

/** A pin of the repository with a history worth comparing. */
export interface ComparedPin {
  readonly name: string;
  readonly file: string;
  readonly entry: ImageEntry;
}

export const PINS: readonly ComparedPin[] = [
  {
    name: 'central-dashboard',
    file: 'applications/centraldashboard/upstream/base/kustomization.yaml',
    entry: { index: 0 },
  },
  {
    name: 'katib-controller',
    file: 'applications/katib/upstream/installs/katib-standalone/kustomization.yaml',
    entry: { index: 0 },
  },
  {
    name: 'kfp-api-server',
    file: 'applications/pipeline/upstream/base/pipeline/kustomization.yaml',
    entry: { name: 'ghcr.io/kubeflow/kfp-api-server' },
  },
];

/** The path of a pin as policies write it. */
export function pathOf(entry: ImageEntry): string {
  return 'index' in entry
    ? `images[${entry.index}].newTag`
    : `images[name=${JSON.stringify(entry.name)}].newTag`;
}

/** A policy for a pin whose file stands there, in which every earlier release is good enough. */
export function policyOf(pin: ComparedPin, file: string): string {
  return `model: ${pin.name}
environments:
  kubeflow:
    pins:
      image: { file: ${JSON.stringify(file)}, path: ${JSON.stringify(pathOf(pin.entry))} }
    target: { minSoak: 0s, maxDepth: 100 }
`;
}
