import type { Progress } from '../backtest/replay-target.ts';
import type { Terminal } from './terminal.ts';

const WIDTH = 30;

/** Draws how far it is, where somebody looks; `clear` when it is done. */
export function progressBar({ progress }: Pick<Terminal, 'progress'>): {
  readonly tell: Progress;
  readonly clear: () => void;
} {
  let shown = '';
  const show = (text: string): void => {
    if (text === shown) return;
    shown = text;
    progress?.(text);
  };
  return {
    tell(share) {
      const done = Math.round(WIDTH * Math.min(1, Math.max(0, share)));
      const percent = String(Math.floor(100 * Math.min(1, share))).padStart(3);
      show(`${'█'.repeat(done)}${'░'.repeat(WIDTH - done)} ${percent} %`);
    },
    clear: () => show(''),
  };
}
