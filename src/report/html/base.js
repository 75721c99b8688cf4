// What every part uses: elements made of text, numbers, words.

const byId = (id) => document.getElementById(id);

/** An element; children that are strings become text, never markup. */
function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A text with all that is invisible spelled out; the data says what that is, before any text of it is shown. */
let invisible = null;
const seen = (text) => text.replace(invisible, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);

/** A text from a log, whose direction of writing stays its own. */
const log = (text, attributes) => el('bdi', attributes, seen(text));

/** A name from a log, which may break behind the marks that part it. */
const name = (text) => el('bdi', {}, seen(text).split(/(?<=[/:_.])(?=[^/:_.])/).flatMap((part, at) => (at ? [el('wbr'), part] : [part])));

const count = (number) => number.toLocaleString('en-US');
const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
const day = (ms) => new Date(ms).toISOString().slice(0, 10);
const minute = (ms) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
const when = (ms, format) => (Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? format(ms) : 'unknown');
const percent = (share) => `${Number((100 * share).toPrecision(3))} %`;
const probability = (p) => (p === 0 ? '0' : p < 0.001 ? p.toExponential(1) : String(Number(p.toPrecision(2))));
const STANDINGS = ['live', 'stale', 'over', 'elsewhere'];
const words = (name) => name.replaceAll('_', ' ');

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'other'];
const SEVERITY_SIGNS = ['▲', '◆', '●', '○', '·'];
const KINDS = ['deterministic', 'flaky', 'unproven', 'resolved', 'none', 'unjudged'];
const KIND_SIGNS = { deterministic: 'D', flaky: 'F', unproven: '?', resolved: '✓', none: '–', unjudged: 'i' };

const severityBadge = (rank) =>
  el('span', { class: `severity s${rank}` }, el('i', { 'aria-hidden': 'true' }, SEVERITY_SIGNS[rank]), ' ', SEVERITIES[rank]);

function verdictBadge(kind, verdict, label) {
  const name = verdict ? words(verdict) : 'no verdict';
  return el('span', { class: `verdict ${kind}` }, el('i', { 'aria-hidden': 'true' }, KIND_SIGNS[kind]), ' ', name,
    label ? el('small', {}, ` ${words(label)}`) : null);
}

function announce(text) {
  byId('announce').textContent = text;
}

/** Copies a text exactly; older browsers and unsafe contexts by way of a selection. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el('textarea', { class: 'unseen', readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

/** A command with a button that copies it. */
function command(text, what) {
  const button = el('button', {
    type: 'button',
    class: 'copy',
    'aria-label': `Copy the ${what}`,
    onclick: async () => {
      const done = await copy(text);
      button.textContent = done ? 'Copied ✓' : 'Select and copy';
      announce(done ? `Copied the ${what}` : 'The browser does not let this page copy');
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    },
  }, 'Copy');
  const odd = seen(text) !== text;
  return el('div', { class: 'command' }, el('code', {}, seen(text)), button,
    odd ? el('p', { class: 'warn' }, '! It holds characters that cannot be seen: look at it before you run it.') : null);
}

/** A table of texts and numbers, which scrolls where it is wider than its place. */
function table(caption, heads, rows, numeric) {
  const side = (at) => (numeric.includes(at) ? 'number' : null);
  return el('div', { class: 'scroll' }, el('table', { class: 'small' },
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, heads.map((head, at) => el('th', { scope: 'col', class: side(at) }, head)))),
    el('tbody', {}, rows.map((row) => el('tr', {}, row.map((cell, at) => el('td', { class: side(at) }, cell)))))));
}

/** A list of which the first are shown, and the rest when asked for; all of it on paper. */
function more(items, shown, make, list) {
  const at = { next: 0 };
  const button = el('button', {
    type: 'button',
    class: 'quiet more',
    onclick: () => {
      const first = show(200);
      // Nothing was left: a button that is out of sight can still be clicked by a script.
      if (first) (first.querySelector('a, button') || first).focus();
    },
    onall: () => show(items.length),
  });
  const show = (number) => {
    const part = items.slice(at.next, at.next + number).map(make);
    list.append(...part);
    at.next += part.length;
    const left = items.length - at.next;
    button.hidden = left === 0;
    button.textContent = `Show ${left > 200 ? 'more' : 'the rest'} (${count(left)})`;
    return part[0];
  };
  show(shown);
  return [list, button];
}

// The theme: the system's, until one is chosen.
const THEMES = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };
const remembered = {
  get: () => { try { return localStorage.getItem('relapse-theme'); } catch { return null; } },
  set: (theme) => { try { localStorage.setItem('relapse-theme', theme); } catch { /* then it lasts as long as the page */ } },
};
let theme = THEMES[remembered.get()] ? remembered.get() : 'system';

function useTheme(name) {
  if (name === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  byId('theme').textContent = THEMES[theme];
  document.dispatchEvent(new Event('recolour'));
}

byId('theme').addEventListener('click', () => {
  const names = Object.keys(THEMES);
  theme = names[(names.indexOf(theme) + 1) % names.length];
  remembered.set(theme);
  useTheme(theme);
  announce(THEMES[theme]);
});
useTheme(theme);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => document.dispatchEvent(new Event('recolour')));
