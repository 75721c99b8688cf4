// The page: everything in order, and what the whole page listens to.

function pick(text) {
  // A report of no incidents has no table.
  if (!byId('filters')) return;
  byId('filters').reset();
  setTimeout(() => {
    byId('q').value = text;
    refresh();
    byId('incidents').scrollIntoView();
    byId('q').focus({ preventScroll: true });
  });
}

function follow() {
  const [, id] = location.hash.match(/^#i=([0-9a-f]{16})$/) || [];
  if (id && byId('rows') && !reveal(id)) announce('That incident is not in this report');
}

function listen() {
  addEventListener('hashchange', follow);
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.matches('input, select, textarea');
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && byId('q')) {
      event.preventDefault();
      byId('q').focus();
      byId('q').select();
    } else if (event.key === 'Escape' && event.target === byId('q')) {
      byId('q').value = '';
      refresh();
      byId('q').blur();
    }
  });
  for (const tile of document.querySelectorAll('[data-filter]')) {
    tile.addEventListener('click', (event) => {
      if (!byId('f-verdict')) return;
      event.preventDefault();
      byId('filters').reset();
      setTimeout(() => {
        byId('f-verdict').value = `kind=${tile.dataset.value}`;
        refresh();
        byId('incidents').scrollIntoView();
        byId('incidents').focus({ preventScroll: true });
      });
    });
  }
  // A second click on a link to an open incident leads there again.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#i="]');
    if (link && link.getAttribute('href') === location.hash) follow();
  });
}

/** Widths of a chart on A4 and on Letter, in CSS pixels: the sheet stretches them to what there is. */
const PAPER = 690;
const HALF_PAPER = 330;

/** On paper: light, all charts drawn, every list whole, every row of a short page opened, and as before afterwards. */
function print() {
  let before = null;
  addEventListener('beforeprint', () => {
    before = { open: [...table_.open], parts: [...document.querySelectorAll('details:not([open])')] };
    document.documentElement.dataset.theme = 'light';
    if (table_.shown.length <= 25) table_.shown.forEach(({ one }) => toggle(one.id, true));
    before.parts.forEach((part) => { part.open = !part.matches('.numbers, .off-paper'); });
    const lists = () => [...document.querySelectorAll('button.more:not([hidden])')].filter((button) => !button.closest('details:not([open])'));
    // A list may hold others.
    for (let left = lists(); left.length; left = lists()) left.forEach((button) => button.dispatchEvent(new Event('all')));
    charts.forEach((one) => one.draw(one.holder.closest('.lane') ? HALF_PAPER : PAPER));
  });
  addEventListener('afterprint', () => {
    if (!before) return;
    const { open, parts } = before;
    for (const id of [...table_.open]) if (!open.includes(id)) toggle(id, false);
    parts.forEach((part) => { part.open = false; });
    useTheme(theme);
    before = null;
  });
}

async function begin() {
  document.body.append(el('div', { id: 'tones', hidden: true }, ['muted', 'line', 'surface', 'accent', ...KINDS].map((name) => el('i', { class: `t-${name}` }))));
  listen();
  print();
  try {
    D = await unpack();
    gather();
    showTrend();
    showSince();
    showLedger();
    if (byId('rows')) prepareTable();
    showRuns();
    showGroups(pick);
    showBenchmarks();
    follow();
    document.documentElement.dataset.ready = 'true';
  } catch (error) {
    byId('trouble').hidden = false;
    byId('trouble').textContent = `This browser could not show the report (${error}). incidents.json and recurrence.json hold the same.`;
    throw error;
  }
}

begin();
