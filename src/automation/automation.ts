import type { PinId } from '../manifests/pin.ts';

/** Something that sets a pin by itself, as far as the repository shows it, and may bring a bad version back. */
export type Automation =
  /** Flux sets the value on this line to what an image policy selects, because a comment there says so. */
  | {
      readonly kind: 'flux';
      readonly pin: PinId;
      readonly file: string;
      readonly line: number;
      /** `flux-system:fraud`, the namespace and the name of the image policy; a part such as `:tag` may follow. */
      readonly policy: string;
      /** The rollback takes the comment out of force. */
      readonly suspended: boolean;
    }
  | OtherAutomation;

/** What stands beside the pins. */
export type OtherAutomation =
  /** Argo CD Image Updater sets the images of an Application. */
  | {
      readonly kind: 'argocd-image-updater';
      readonly application: string;
      /** The file with a pin that it writes, where its name tells. */
      readonly file?: string;
      /** The annotation that has it do so, where the repository holds the Application. */
      readonly annotation?: { readonly file: string; readonly line: number };
      /** The rollback takes the annotation out of force. */
      readonly suspended: boolean;
    }
  /** Renovate may propose it again by a pull request. `pinned` are the files of the pins. */
  | {
      readonly kind: 'renovate';
      readonly file: string;
      readonly pinned: readonly string[];
      /** The rollback adds a rule that keeps it quiet. */
      readonly suspended: boolean;
      /** Why it does not, though the policy asks for it. */
      readonly why?: string;
    };
