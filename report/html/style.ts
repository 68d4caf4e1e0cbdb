/** How a report looks: in light and dark, on a phone as well. It needs nothing from elsewhere. */
export const style = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #59636e; --line: #d1d9e0; --back: #fff; --box: #f6f8fa; --bad: #b42318; --odd: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #9aa4af; --line: #3d444d; --back: #0d1117; --box: #161b22; --bad: #ff8d80; --odd: #e3b341; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.25rem 1rem 3rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 1rem; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p { margin: .4rem 0; }
.soft { color: var(--soft); }
.bad { border-left: .25rem solid var(--bad); }
.odd { border-left: .25rem solid var(--odd); }
.box, details { background: var(--box); border-radius: .375rem; padding: .5rem .75rem; margin: .5rem 0; }
summary { cursor: pointer; }
ul { margin: .4rem 0; padding-left: 1.25rem; }
li { margin: .2rem 0; }
code { font: .875em/1.4 ui-monospace, monospace; background: var(--back); border: 1px solid var(--line);
  border-radius: .25rem; padding: 0 .25rem; white-space: pre-wrap; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.names code { display: inline-block; margin: .1rem 0; }
table { border-collapse: collapse; margin: .4rem 0; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--line); padding: .2rem .5rem; text-align: left; }
`.trim();
