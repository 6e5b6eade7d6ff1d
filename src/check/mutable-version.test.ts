import { expect, test } from 'vitest';
import type { Component } from '../manifests/pin.ts';
import { findMutable } from './mutable-version.ts';

test.each<[Component, string, string, string | undefined]>([
  ['model', 's3://models/fraud/1.10/model', '1.10', undefined],
  ['model', 's3://models/fraud/latest/model', 'latest', 'moving-name latest'],
  [
    'model',
    's3://models/fraud/latest/model',
    's3://models/fraud/latest/model',
    'moving-name latest',
  ],
  ['model', 's3://models/fraud/model', 's3://models/fraud/model', 'overwritten-path'],
  ['model', 's3://models-2/fraud/model', 's3://models-2/fraud/model', 'overwritten-path'],
  ['model', 'gs://m/fraud/2024-05-01/model.onnx', 'gs://m/fraud/2024-05-01/model.onnx', undefined],
  ['model', 'models:/fraud/Production', 'models:/fraud/Production', 'moving-name Production'],
  ['model', 'models:/fraud/12', 'models:/fraud/12', undefined],
  ['model', 'fraud@champion', 'fraud@champion', 'moving-name champion'],
  ['model', '1.10', '1.10', undefined],
  ['model', 'LATEST', 'LATEST', 'moving-name LATEST'],
  ['features', 'f-10', 'f-10', undefined],
  ['features', 'current', 'current', 'moving-name current'],
  ['features', 'none', 'none', undefined],
  ['image', 'registry.example/fraud:1.9', 'registry.example/fraud:1.9', undefined],
  ['image', 'registry.example/fraud:1.9', '1.9', undefined],
  ['image', 'registry.example/fraud:latest', 'registry.example/fraud:latest', 'moving-name latest'],
  ['image', 'registry.example:5000/fraud', 'registry.example:5000/fraud', 'no-tag'],
  ['image', 'registry.example/fraud@sha256:0a1b', 'registry.example/fraud@sha256:0a1b', undefined],
  ['image', '1.9', '1.9', undefined],
  ['image', 'main', 'main', 'moving-name main'],
  ['config', 'latest', 'latest', undefined],
  ['traffic', 'canary', 'canary', undefined],
])('%s %s (version %s): %s', (component, value, version, expected) => {
  const found = findMutable(component, { value, version });
  expect(found && [found.why, 'name' in found ? found.name : ''].join(' ').trim()).toBe(expected);
});
