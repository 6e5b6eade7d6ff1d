/** What one model runs with. */
export interface ModelState {
  readonly name: string;
  version: number;
  snapshot: string;
  replicas: number;
}

const TASKS = ['fraud', 'churn', 'ranking', 'pricing', 'search', 'demand', 'credit', 'speech'];
const KINDS = ['detector', 'scorer', 'forecast', 'embedder'];

/** So many names: `fraud-detector-0000`, `churn-detector-0001`, … */
export function modelNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const task = TASKS[i % TASKS.length] ?? '';
    const kind = KINDS[Math.floor(i / TASKS.length) % KINDS.length] ?? '';
    return `${task}-${kind}-${String(i).padStart(4, '0')}`;
  });
}

const folderOf = (model: string) => `clusters/production/${model}`;

/** The file that pins a model's version: a KServe InferenceService. */
export function inferenceServiceFile(state: ModelState): { path: string; text: string } {
  const { name, version, replicas } = state;
  const text = `# ${name} in production. Owners: @acme/${name.split('-')[0]}-ml
# The version is set by the release workflow; see docs/runbook-0.md before changing it by hand.
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${name}
  namespace: models
  labels:
    app.kubernetes.io/part-of: ${name.split('-')[0]}
  annotations:
    serving.kserve.io/deploymentMode: RawDeployment
spec:
  predictor:
    minReplicas: ${replicas}
    maxReplicas: ${replicas * 4}
    # Scale on requests in flight, not on CPU: the model waits for features most of the time.
    scaleMetric: concurrency
    scaleTarget: 8
    model:
      modelFormat:
        name: onnx
      runtime: kserve-tritonserver
      storageUri: s3://models/${name}/v${version}/model # pinned
      resources:
        requests:
          cpu: "2"
          memory: 4Gi
        limits:
          memory: 4Gi
`;
  return { path: `${folderOf(name)}/inferenceservice.yaml`, text };
}

/** The file that pins a model's feature snapshot: a ConfigMap. */
export function featuresFile(state: ModelState): { path: string; text: string } {
  const { name, snapshot } = state;
  const text = `# Feature snapshot that ${name} reads. It goes with the model's version: change both together.
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}-features
  namespace: models
  labels:
    app.kubernetes.io/part-of: ${name.split('-')[0]}
data:
  # Taken by the nightly job of the feature store.
  snapshot: ${snapshot}
  store: feast
  registry: s3://features/registry.db
  # Seconds until a value counts as missing.
  maxStaleness: "900"
  entities: |
    account
    card
    merchant
  onMissing: default
`;
  return { path: `${folderOf(name)}/features.yaml`, text };
}
