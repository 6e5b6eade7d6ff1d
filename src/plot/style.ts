/**
 * The style sheet of a plot, for light and dark. A file of its own carries it; a page with several plots carries it once
 * and draws them without. The colours of series are Okabe and Ito's, which colour-blind people can tell apart.
 */
export const PLOT_STYLE = `
.lg-plot { --paper: #fff; --ink: #1f2328; --quiet: #59636e; --rule: #d9dee4; --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b8529c; --s4: #a66f00; --s5: #4b83b5; --release: #6e7781; --alert: #cf222e; --merge: #8250df; --recovery: #1a7f37 }
@media (prefers-color-scheme: dark) {
.lg-plot { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --rule: #30363d; --s0: #56b4e9; --s1: #f0883e; --s2: #3fb990; --s3: #e08cc9; --s4: #e3b341; --s5: #a5d6ff; --release: #9198a1; --alert: #ff7b72; --merge: #bc8cff; --recovery: #56d364 }
}
.lg-plot { font: 11px system-ui, -apple-system, 'Segoe UI', sans-serif; max-width: 100%; height: auto }
.lg-plot text { fill: var(--quiet) }
.lg-plot .lg-title { fill: var(--ink); font-size: 13px; font-weight: 600 }
.lg-plot .lg-over { paint-order: stroke; stroke: var(--paper); stroke-width: 4 }
.lg-paper { fill: var(--paper) }
.lg-rule { stroke: var(--rule); stroke-width: 1 }
.lg-line { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round }
.lg-bound { stroke: var(--alert); stroke-width: 1; stroke-dasharray: 6 4; opacity: .8 }
.lg-mark { stroke-width: 1.2; stroke-dasharray: 3 2 }
.lg-band { opacity: .12 }
${[0, 1, 2, 3, 4, 5].map((i) => `.lg-s${i} { stroke: var(--s${i}) } .lg-f${i} { fill: var(--s${i}) }`).join('\n')}
${['release', 'alert', 'merge', 'recovery'].map((kind) => `.lg-${kind} { stroke: var(--${kind}) } .lg-plot .lg-t-${kind} { fill: var(--${kind}) }`).join('\n')}
.lg-other { stroke: var(--quiet) }
.lg-baseline { fill: var(--recovery) } .lg-impact { fill: var(--alert) } .lg-watch { fill: var(--merge) }
`.trim();
