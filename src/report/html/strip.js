// Histories: a mark for every run, told by height and letter as much as by colour.

const MARKS = {
  F: 'failed',
  f: 'failed another way',
  P: 'passed',
  M: 'failed with most others, set aside',
  x: 'did not count',
  '?': 'its place in the order is not known',
  '.': 'not in the run',
};
const MOST_MARKS = 1500;

/** The marks of a scenario's runs: [first run, one letter a run]. Failures that are not this incident's are `f`. */
function marksOf(incident, judgement) {
  const mine = new Set(ranges(D.incidents.failed_in[incident.at]));
  if (judgement === undefined) {
    return [0, D.runs.id.map((_, run) => (mine.has(run) ? 'F' : '.')).join('')];
  }
  const begins = D.scenarios.begins[judgement];
  let marks = '';
  for (const [, mark, times] of D.scenarios.timeline[judgement].matchAll(/(\D)(\d*)/g)) marks += mark.repeat(Number(times || 1));
  return [begins, marks.replace(/F/g, (_, at) => (mine.has(begins + at) ? 'F' : 'f'))];
}

/** The runs of `0-24,26`. */
function ranges(text) {
  return text.split(',').filter(Boolean).flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

const HEIGHTS = { F: 14, f: 9, P: 3, M: 14, x: 6, '?': 6, '.': 0 };
/** The part of a mark's class that names it. */
const KIND_OF = { '.': 'none', '?': 'x' };

/** The last runs at a glance: stretches of equal marks as one bar each. */
function miniStrip(marks, changes) {
  const most = 32;
  const from = Math.max(0, marks.length - most);
  const shown = marks.slice(from);
  const step = 128 / Math.max(12, shown.length);
  const picture = svg('svg', { class: 'mini', viewBox: '0 0 128 16', role: 'img', 'aria-label': inWords(marks) });
  for (const stretch of shown.matchAll(/(.)\1*/gs)) {
    const [text, mark] = stretch;
    const height = HEIGHTS[mark];
    if (height) {
      picture.append(svg('rect', {
        class: `m-${KIND_OF[mark] ?? mark}`, x: stretch.index * step, y: 15 - height, width: Math.max(1, text.length * step - 0.8), height,
      }));
    }
  }
  for (const change of changes) {
    if (change > from && change - from < shown.length) {
      picture.append(svg('rect', { class: 'm-change', x: (change - from) * step - 1.1, y: 0, width: 1.4, height: 16 }));
    }
  }
  return picture;
}

function inWords(marks) {
  const failed = [...marks].filter((mark) => mark === 'F').length;
  const counted = [...marks].filter((mark) => 'FfP'.includes(mark)).length;
  const tail = marks.slice(-8).replace(/\./g, '-');
  return `failed in ${failed} of ${counted || failed} runs; the last ones: ${[...tail].join(' ')}`;
}

/** Every run, with its changepoints; arrow keys and the pointer read out one run after the other. */
function fullStrip(begins, marks, changes, outages = new Set()) {
  const from = Math.max(0, marks.length - MOST_MARKS);
  const caption = el('p', { class: 'caption' }, 'Point at a run, or use ← and →, to read it.');
  const cells = [...marks.slice(from)].map((mark, at) => {
    const change = changes.get(from + at);
    const kind = KIND_OF[mark] ?? mark;
    return el('span', { class: `cell c-${kind}${change ? ' change' : ''}${outages.has(from + at) ? ' outage' : ''}`, 'data-at': from + at }, 'FfMx?'.includes(mark) ? mark : '');
  });
  let current = -1;
  const read = (at) => {
    if (at < 0 || at >= cells.length) return;
    if (current >= 0) cells[current].classList.remove('on');
    current = at;
    cells[at].classList.add('on');
    const run = begins + from + at;
    const ms = D.runs.ms[run];
    const change = changes.get(from + at);
    caption.replaceChildren(log(runId(run)), `${ms === null ? '' : `, ${when(ms, minute)}`}: ${MARKS[marks[from + at]]}`,
      ...(D.runs.revision[run] ? [', revision ', log(D.runs.revision[run])] : []), change ? `. ${change}` : '');
  };
  const strip = el('div', {
    class: 'strip', tabindex: '0', role: 'img', 'aria-label': `Runs, oldest first: ${inWords(marks)}`,
    onpointerover: (event) => { if (event.target.dataset.at) read(Number(event.target.dataset.at) - from); },
    onkeydown: (event) => {
      const to = { ArrowRight: current + 1, ArrowLeft: Math.max(0, current < 0 ? cells.length - 1 : current - 1), Home: 0, End: cells.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      read(Math.min(to, cells.length - 1));
      announce(caption.textContent);
    },
  }, cells);
  const used = Object.keys(MARKS).filter((mark) => marks.includes(mark));
  const legend = el('p', { class: 'legend' }, used.map((mark) =>
    el('span', {}, el('span', { class: `cell c-${KIND_OF[mark] ?? mark}`, 'aria-hidden': 'true' }, 'FfMx?'.includes(mark) ? mark : ''), ` ${MARKS[mark]} `)),
  changes.size ? el('span', {}, el('span', { class: 'cell change', 'aria-hidden': 'true' }), ' the rate changed') : null,
  outages.size ? el('span', {}, el('span', { class: 'cell outage', 'aria-hidden': 'true' }), ' an outage') : null);
  return el('div', { class: 'history' }, from ? el('p', { class: 'muted' }, `The last ${count(MOST_MARKS)} of ${count(marks.length)} runs.`) : null, strip, caption, legend);
}
