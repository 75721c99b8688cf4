// Charts, drawn by uPlot; their colours follow the theme.

const charts = [];

const tone = (name) => getComputedStyle(byId('tones').querySelector(`.t-${name}`)).color;

/** Makes a chart when it comes near the screen, and anew when the colours change. */
function chart(holder, make) {
  const one = { holder, plot: null };
  one.draw = (width = holder.clientWidth) => {
    if (one.plot) one.plot.destroy();
    one.plot = make(holder, Math.max(240, width));
    sized.observe(holder);
  };
  charts.push(one);
  near.observe(holder);
}

const near = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const one = charts.find(({ holder }) => holder === entry.target);
    if (entry.isIntersecting && one && !one.plot) one.draw();
  }
}, { rootMargin: '400px' });

const sized = new ResizeObserver((entries) => {
  for (const entry of entries) {
    const one = charts.find(({ holder }) => holder === entry.target);
    const width = Math.max(240, Math.floor(entry.contentRect.width));
    if (one && one.plot && Math.abs(one.plot.width - width) > 1) one.plot.setSize({ width, height: one.plot.height });
  }
});

document.addEventListener('recolour', () => charts.filter((one) => one.plot).forEach((one) => one.draw()));

const FONT = '12px ui-sans-serif, system-ui, sans-serif';
const axis = (more_) => ({ stroke: tone('muted'), font: FONT, grid: { stroke: tone('line'), width: 1 }, ticks: { show: false }, ...more_ });

/** Left and right move the cursor of a chart. */
function readable(holder, plot, points) {
  holder.onkeydown = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const from = plot.cursor.idx === null || plot.cursor.idx === undefined ? (by > 0 ? -1 : points) : plot.cursor.idx;
    const at = Math.min(points - 1, Math.max(0, from + by));
    plot.setCursor({ left: plot.valToPos(plot.data[0][at], 'x'), top: 20 });
  };
}

/** A fill told by its hatching as well as by its colour. */
function hatched(colour, pattern) {
  const ratio = devicePixelRatio || 1;
  const size = 6 * ratio;
  const canvas = el('canvas', { width: size, height: size });
  const context = canvas.getContext('2d');
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 1.6 * ratio;
  context.beginPath();
  if (pattern === 'stripes') {
    for (const shift of [-size, 0, size]) {
      context.moveTo(shift, size);
      context.lineTo(shift + size, 0);
    }
  } else if (pattern === 'dots') {
    context.arc(size / 2, size / 2, 1.5 * ratio, 0, 7);
    context.fill();
  } else {
    context.moveTo(0, size / 2);
    context.lineTo(size, size / 2);
  }
  context.stroke();
  return context.createPattern(canvas, 'repeat');
}

const FAILING = [
  ['deterministic', 'deterministic', null],
  ['flaky', 'flaky', 'stripes'],
  ['unproven', 'unproven', 'dots'],
  ['resolved', 'resolved since', 'lines'],
  ['muted', 'set aside as mass failures', null],
];

function showRuns() {
  const body = byId('runs-body');
  const runs = D.runs.id.length;
  const totals = D.runs.id.map((_, run) => D.runs.failing.reduce((sum, kind) => sum + kind[run], 0));
  if (!runs || !totals.some(Boolean)) {
    body.append(el('p', {}, runs ? 'No scenario that is judged failed in any run.' : 'No run is judged.'));
    return;
  }
  const used = FAILING.map((_, kind) => kind).filter((kind) => D.runs.failing[kind].some(Boolean));
  const caption = el('p', { class: 'caption', 'aria-live': 'off' }, 'Point at a run, or use ← and →, to read it.');
  const holder = el('div', { class: 'chart', tabindex: '0', role: 'img',
    'aria-label': `Failing scenarios in each of ${plural(runs, 'run')}: at most ${Math.max(...totals)}, in the newest ${totals[runs - 1]}` });
  const aside = D.mass_failures.length ? el('p', {}, `${plural(D.mass_failures.length, 'run')} in which a large part of everything failed: `,
    D.mass_failures.slice(0, 12).map((run, at) => [at ? ', ' : '', log(runId(run))]), D.mass_failures.length > 12 ? ', …' : '', '.') : null;
  body.append(holder, caption, el('p', { class: 'legend' }, used.map((kind) =>
    el('span', {}, el('span', { class: `swatch w-${FAILING[kind][0]}`, 'aria-hidden': 'true' }), ` ${FAILING[kind][1]} `))), ...(aside ? [aside] : []), runNumbers(totals, used));
  chart(holder, (place, width) => {
    // Stacked: the outermost series is the sum, the ones within stand before it.
    const sums = used.map((_, level) => D.runs.id.map((_run, run) => used.slice(0, level + 1).reduce((sum, kind) => sum + D.runs.failing[kind][run], 0)));
    const bars = uPlot.paths.bars({ size: [0.8, 28], gap: 0 });
    const series = used.map((kind, level) => {
      const colour = tone(FAILING[kind][0]);
      const fill = FAILING[kind][2] ? hatched(colour, FAILING[kind][2]) : colour;
      return { paths: bars, stroke: colour, width: 1, fill: () => fill, points: { show: false }, level };
    }).reverse();
    // The background hides what stands behind a hatched bar.
    const under = used.map(() => ({ paths: bars, width: 0, fill: () => tone('surface'), points: { show: false } }));
    const data = [D.runs.id.map((_, run) => run)];
    const all = [];
    series.forEach((one, at) => {
      const values = sums[used.length - 1 - at];
      data.push(values, values);
      all.push(under[at], one);
    });
    const plot = new uPlot({
      width, height: 200, legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: false, range: [-0.6, runs - 0.4] }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] } },
      axes: [
        axis({ grid: { show: false }, size: 30, space: 70, values: (_, splits) => splits.map((run) => (Number.isInteger(run) && run >= 0 && run < runs ? cutText(seen(runId(run)), 11) : '')) }),
        axis({ size: 40, space: 28, values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? count(value) : '')) }),
      ],
      series: [{}, ...all],
      hooks: { setCursor: [(u) => {
        const run = u.cursor.idx;
        if (run === null || run === undefined) return;
        const parts = used.filter((kind) => D.runs.failing[kind][run]).map((kind) => `${D.runs.failing[kind][run]} ${FAILING[kind][1]}`);
        caption.replaceChildren(log(runId(run)), `${D.runs.ms[run] === null ? '' : `, ${when(D.runs.ms[run], minute)}`}: ${plural(totals[run], 'failing scenario')}${parts.length ? ` (${parts.join(', ')})` : ''}`);
      }] },
    }, data, place);
    readable(place, plot, runs);
    return plot;
  });
}

/** The same as numbers, made when it is opened. */
function runNumbers(totals, used) {
  const part = el('details', { class: 'numbers', ontoggle: () => {
    if (!part.open || part.querySelector('table')) return;
    const order = totals.map((_, run) => run).reverse().slice(0, 200);
    part.append(table(`The ${order.length === totals.length ? '' : 'last '}${plural(order.length, 'run')}, newest first`,
      ['run', 'began', ...used.map((kind) => FAILING[kind][1]), 'in all'],
      order.map((run) => [log(runId(run)), D.runs.ms[run] === null ? 'unknown' : when(D.runs.ms[run], minute), ...used.map((kind) => count(D.runs.failing[kind][run])), count(totals[run])]),
      used.map((_, at) => at + 2).concat(used.length + 2)));
  } }, el('summary', {}, 'As numbers'));
  return part;
}

const BENCHMARK_SIGNS = { regressed: '▲', host_moved: '△', drifting: '↗', suspect: '?', improved: '▼', inconclusive: '–', equivalent: '=' };
const BENCHMARK_TONES = { regressed: 'deterministic', host_moved: 'flaky', drifting: 'flaky', suspect: 'flaky', improved: 'resolved', inconclusive: 'none', equivalent: 'resolved' };

function showBenchmarks() {
  const measured = D.benchmarks;
  if (!measured || !byId('benchmarks-body')) return;
  const body = byId('benchmarks-body');
  body.append(el('p', { class: 'sub' }, `${count(measured.in_all)} series: ${measured.by_verdict.map(([name, number]) => `${count(number)} ${name}`).join(', ')}.`,
    measured.ratio === null ? '' : ` The newest runs take ${measured.ratio} times what they did (geometric mean; more than 1 is worse).`),
    el('p', { class: 'muted' }, 'Large points are the measurements judged, lines the medians of regimes, uprights their changes, a dashed line a drift, and the shaded stretch what is worse since a change that nobody accepted. Point at a measurement, or use ← and →, to read it.'));
  if (measured.events.length) body.append(el('h3', {}, 'What moved many lanes at once'), el('ul', { class: 'changepoints' }, measured.events.map((event) =>
    el('li', {}, event.ms === null ? '' : `${when(event.ms, minute)}: `, event.is_host ? el('strong', {}, 'The host. ') : null, log(event.why), '.'))));
  body.append(...more(measured.series, 12, lane, el('div', { class: 'lanes' })));
  if (measured.in_all > measured.series.length) body.append(el('p', { class: 'muted' }, `The ${count(measured.series.length)} most urgent; relapse bench has all.`));
}

function lane(one) {
  const caption = el('p', { class: 'caption' });
  const holder = el('div', { class: 'chart', tabindex: '0', role: 'img', 'aria-label': `${plural(one.points, 'measurement')} in ${plural(one.regimes.length, 'regime')}` });
  const unit = one.unit ? ` ${seen(one.unit)}` : '';
  const facts = [
    one.ratio === null ? '' : `ratio ${one.ratio}${one.interval ? ` (${one.interval[0]} to ${one.interval[1]})` : ''}`,
    one.delta === null ? '' : `a change of less than ${percent(one.delta)} does not matter`,
    one.lower_is_better ? 'lower is better' : 'higher is better',
  ].filter(Boolean).join('; ');
  const badge = el('span', { class: `verdict ${BENCHMARK_TONES[one.verdict]}` }, el('i', { 'aria-hidden': 'true' }, BENCHMARK_SIGNS[one.verdict]), ' ', one.verdict);
  const isDrawn = one.values.length > 1;
  if (isDrawn) chart(holder, (place, width) => drawLane(one, place, width, caption, unit));
  return el('article', { class: 'lane' },
    el('h3', {}, log(one.lane), ' ', el('small', {}, log(one.metric), one.host ? [' on ', log(one.host)] : null)), badge,
    one.env.length ? el('p', { class: 'muted' }, one.env.map(([key, value], at) => [at ? ', ' : '', log(key), ' ', log(value)])) : null,
    isDrawn ? [holder, caption] : el('p', { class: 'muted' }, one.values.length ? `A single measurement: ${one.values[0]}${unit}.` : 'No measurement that counts.'),
    el('p', { class: 'why' }, log(one.why), '.'),
    el('p', { class: 'muted' }, facts, '.'),
    one.changes.length ? el('ul', { class: 'changepoints' }, one.changes.map((change) =>
      el('li', {}, change.ms === null ? '' : `${when(change.ms, minute)}: `, log(change.why)))) : null,
    one.drift ? el('p', { class: 'muted' }, log(one.drift[2]), '.') : null);
}

function drawLane(one, place, width, caption, unit) {
  const places = one.values.map((_, at) => one.from + at + 1);
  const regimes = one.regimes.map(([from, points, median]) => places.map((at) => (at > from && at <= from + points ? median : null)));
  // Through the regime's median in its middle, as steep as the drift.
  const creeping = one.drift && one.regimes.length ? [places.map((at) => {
    const [from, ratio] = one.drift;
    const share = (at - 1 - from) / Math.max(1, one.points - 1 - from) - 0.5;
    return at > from ? one.regimes[one.regimes.length - 1][2] * ratio ** share : null;
  })] : [];
  const points = (at) => ({ show: true, size: 5, fill: tone(at), stroke: tone(at) });
  const newest = places.map((_, at) => (at >= places.length - one.candidate ? one.values[at] : null));
  const plot = new uPlot({
    width, height: 160, legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [places[0] - 0.5, places[places.length - 1] + 0.5] } },
    axes: [axis({ grid: { show: false }, size: 28, space: 60, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] }), axis({ size: 70, space: 26, values: (_, splits) => splits.map((value) => `${Number(value.toPrecision(4))}${unit}`) })],
    series: [{}, ...regimes.map(() => ({ stroke: tone('muted'), width: 2, points: { show: false } })), ...creeping.map(() => ({ stroke: tone('flaky'), width: 2, dash: [6, 4], points: { show: false } })),
      { paths: () => null, points: points('accent') }, { paths: () => null, points: { ...points('deterministic'), size: 8 } }],
    hooks: {
      drawClear: [(u) => {
        if (one.since !== null) {
          const from = Math.max(u.bbox.left, Math.round(u.valToPos(one.since + 0.5, 'x', true)));
          u.ctx.save();
          u.ctx.globalAlpha = 0.12;
          u.ctx.fillStyle = tone('deterministic');
          u.ctx.fillRect(from, u.bbox.top, u.bbox.left + u.bbox.width - from, u.bbox.height);
          u.ctx.restore();
        }
        // Where the regime changed.
        for (const change of one.changes) {
          const x = Math.round(u.valToPos(change.at + 0.5, 'x', true));
          if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
          u.ctx.fillStyle = tone(change.worse ? 'deterministic' : 'resolved');
          u.ctx.fillRect(x - 1, u.bbox.top, 2, u.bbox.height);
        }
      }],
      setCursor: [(u) => {
        const at = u.cursor.idx;
        if (at === null || at === undefined) return;
        const regime = one.regimes.findLast(([from]) => from < places[at]);
        caption.textContent = `Measurement ${count(places[at])} of ${count(one.points)}: ${one.values[at]}${unit}${regime ? `; median of its regime ${regime[2]}${unit}` : ''}`;
      }],
    },
  }, [places, ...regimes, ...creeping, one.values, newest], place);
  readable(place, plot, places.length);
  return plot;
}
