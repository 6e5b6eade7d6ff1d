import { z } from 'zod';
import { COMPONENTS, type Component } from '../../manifests/pin.ts';
import { mapping } from '../mapping.ts';
import { pinFile, pinPath, plainText, versionPattern } from '../values.ts';

const COMPONENT_MEANING: Readonly<Record<Component, string>> = {
  model: 'The model version that runs.',
  features: 'The feature snapshot that the model was trained for and reads.',
  image: 'The container image that serves the model.',
  config: 'The configuration the model runs with.',
  data: 'A data set or index that the model reads.',
  traffic: 'The share of traffic, or the name of the variant that gets it.',
};

const document = mapping(
  'Which document of a file with several: every key given must match. Needed only when there are several.',
  {
    kind: plainText("the document's `kind`", ['InferenceService'])
      .describe("The document's `kind`.")
      .exactOptional(),
    name: plainText("the document's `metadata.name`", ['fraud'])
      .describe("The document's `metadata.name`.")
      .exactOptional(),
  },
);

const pin = mapping('One place in a file whose value names the version of this component.', {
  file: pinFile.describe("The file, as a path from the repository's root."),
  document: document.exactOptional(),
  path: pinPath.describe(
    'Where in the document: keys joined by dots, `[0]` for an index, `[name=server]` for the element of a list whose field has this value, `["a.b"]` for a key with dots.',
  ),
  version: versionPattern
    .describe(
      'Which part of the value is the version: the whole value with one `{version}` in it. Default: all of it.',
    )
    .exactOptional(),
});
export type PinEntry = z.output<typeof pin>;

const onePinOrMore = (meaning: string) =>
  z
    .union([pin, z.array(pin).min(1, { error: 'at least one pin' })], {
      error: 'a pin with `file` and `path`, or a list of pins',
    })
    .describe(meaning);

/** `pins:`, where the versions of a target stand. */
export const pins = mapping(
  'Where the versions of this target stand: all of them go back together.',
  {
    model: onePinOrMore(COMPONENT_MEANING.model).exactOptional(),
    features: onePinOrMore(COMPONENT_MEANING.features).exactOptional(),
    image: onePinOrMore(COMPONENT_MEANING.image).exactOptional(),
    config: onePinOrMore(COMPONENT_MEANING.config).exactOptional(),
    data: onePinOrMore(COMPONENT_MEANING.data).exactOptional(),
    traffic: onePinOrMore(COMPONENT_MEANING.traffic).exactOptional(),
  },
)
  .meta({ minProperties: 1 })
  .refine((value) => Object.keys(value).length > 0, {
    error: `at least one of ${COMPONENTS.join(', ')}`,
  });

const wholeValue = plainText(
  'a whole value to pin, or `none` to leave the pins of this component alone',
  ['s3://models/fraud/rules-v1/model', 'none'],
);

/** `fallback:`, what is pinned when no earlier release is good. */
export const fallback = mapping(
  'What to pin when no earlier release is good: a whole value for each component with pins, or `none`.',
  Object.fromEntries(
    COMPONENTS.map((name) => [name, wholeValue.describe(COMPONENT_MEANING[name]).exactOptional()]),
  ) as Record<Component, z.ZodExactOptional<typeof wholeValue>>,
);
