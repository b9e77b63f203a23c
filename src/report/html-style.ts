/** Colours pass WCAG AA on both grounds. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --box: #f6f8fa; --bad: #b42318; --care: #8a5300; --good: #1a6e37; --note: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1318; --ink: #e6e9ed; --soft: #a3adb8; --line: #333b45; --box: #181d24; --bad: #ff8a80; --care: #f0b45c; --good: #6fd08c; --note: #7db7ff; } }
body { margin: 2rem auto; max-width: 68rem; padding: 0 1rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
section { margin: 2rem 0; } .finding { border-left: 4px solid var(--line); padding-left: 1rem; }
.finding.error { border-color: var(--bad); } .finding.warning { border-color: var(--care); } .finding.info { border-color: var(--note); }
.error .severity, .unsafe, .error .primary { color: var(--bad); } .warning .severity, .unknown, .warning .primary { color: var(--care); }
.safe { color: var(--good); } .info .severity, .info .primary, .secondary, .place, a { color: var(--note); }
.severity, .verdict { font-weight: 600; } .gutter, .witness, .docs, footer { color: var(--soft); }
code, pre { font: 14px/1.45 ui-monospace, Menlo, Consolas, monospace; } code { overflow-wrap: anywhere; }
pre { background: var(--box); padding: .75rem; border-radius: 6px; overflow-x: auto; margin: .5rem 0; }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; } li { margin: .4rem 0; }
`;
