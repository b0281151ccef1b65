"""The style sheet of the documentation page."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #55606f; --line: #dde2e9; --paper: #ffffff;
  --tint: #f5f7fa; --accent: #0b5d7a; --get: #1a6b3c; --post: #0b5d7a; --patch: #80570a; --delete: #a12626; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #a3adba; --line: #333c48; --paper: #14181e;
  --tint: #1c222a; --accent: #74c4e0; --get: #7fcf9c; --post: #74c4e0; --patch: #e0b866; --delete: #f09a9a; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; z-index: 1; }
.frame { max-width: 76rem; margin: 0 auto; padding: 0 1rem 4rem; }
header { padding: 2.5rem 0 1rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.35rem; margin: 2.75rem 0 .25rem; text-transform: capitalize; }
h3 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 1.5rem 0 .4rem; }
p { max-width: 46rem; margin: .6rem 0; }
.soft { color: var(--soft); }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .875em; }
code { overflow-wrap: anywhere; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem;
  overflow-x: auto; line-height: 1.45; margin: .4rem 0; }
nav ul { list-style: none; margin: 1rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem; }
nav a { display: block; padding: .35rem .75rem; border: 1px solid var(--line); border-radius: 2rem;
  text-decoration: none; font-size: .9rem; }
details { border: 1px solid var(--line); border-radius: .6rem; margin: .6rem 0; }
details[open] { border-color: var(--soft); }
summary { cursor: pointer; padding: .7rem .9rem; display: flex; flex-wrap: wrap; align-items: baseline;
  gap: .15rem .7rem; list-style: none; position: relative; padding-right: 2.2rem; }
summary::-webkit-details-marker { display: none; }
summary::after { content: "+"; position: absolute; right: .9rem; top: .65rem; color: var(--soft); font-weight: 700; }
details[open] > summary::after { content: "\\2212"; }
summary .what { color: var(--soft); flex-basis: 100%; }
.inside { padding: 0 .9rem 1rem; border-top: 1px solid var(--line); }
.method { font: 700 .78rem/1 ui-monospace, Menlo, Consolas, monospace; min-width: 3.6rem; letter-spacing: .03em; }
.get { color: var(--get); } .post, .put { color: var(--post); } .patch { color: var(--patch); }
.delete { color: var(--delete); }
.path { font-weight: 600; font-size: .95rem; }
.who { font-size: .78rem; border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .6rem;
  color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; }
th, td { padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.wide code { white-space: nowrap; }
.wide { overflow-x: auto; }
footer { margin-top: 3rem; color: var(--soft); font-size: .9rem; }
@media (min-width: 48rem) { summary .what { flex-basis: auto; } .two { display: grid; gap: 0 2rem;
  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } .two > div { min-width: 0; } }
"""
