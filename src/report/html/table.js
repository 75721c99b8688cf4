// The table of incidents: filtered, sorted and paged in memory; only a page of rows stands in the document.

const byText = (field) => (a, b) => (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0);
const share = (one) => one.failed / Math.max(1, one.seen);
const COLUMNS = [
  { key: 'severity', title: 'Severity', compare: (a, b) => a.severity - b.severity },
  { key: 'scenario', title: 'What failed', compare: (a, b) => byText('scenario')(a, b) || byText('reason')(a, b) },
  { key: 'owner', title: 'Owner', compare: byText('owner') },
  { key: 'packet', title: 'Packet', compare: byText('packet') },
  { key: 'verdict', title: 'Verdict', compare: (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || byText('verdict')(a, b) },
  { key: 'failed', title: 'Runs failed', compare: (a, b) => b.failed - a.failed || share(b) - share(a) },
  { key: 'history', title: 'History', compare: null },
  { key: 'last', title: 'Last seen', compare: (a, b) => b.last - a.last },
];
const FILTERS = ['change', 'severity', 'verdict', 'class', 'owner', 'packet'];

const table_ = { rows: [], found: [], sort: null, reversed: false, page: 0, size: 50, open: new Set(), unfolded: new Set(), shown: [], values: {} };

function values(one, filter) {
  switch (filter) {
    case 'severity': return SEVERITIES[one.severity];
    case 'change': return one.change ? one.change.name : 'not compared';
    case 'verdict': return one.verdict || 'no verdict';
    default: return one[filter];
  }
}

function prepareTable() {
  byId('heads').append(...COLUMNS.map((column) => el('th', { scope: 'col', class: `h-${column.key}`, 'data-title': column.title, 'aria-sort': column.compare ? 'none' : null },
    column.compare ? el('button', { type: 'button', 'data-sort': column.key, onclick: () => sortBy(column.key) }, column.title, el('i', { 'aria-hidden': 'true' })) : column.title)));
  byId('order').append(el('option', { value: '' }, 'as reported'), ...COLUMNS.filter((column) => column.compare).map((column) => el('option', { value: column.key }, column.title.toLowerCase())));
  byId('order').addEventListener('change', (event) => { table_.sort = event.target.value || null; table_.reversed = false; refresh(); });
  for (const filter of FILTERS.filter((name) => byId(`f-${name}`))) prepareFilter(filter);
  // A column without values says nothing, and neither does its filter.
  for (const empty of ['owner', 'packet'].filter((column) => table_.rows.every((one) => !one[column]))) {
    byId('table').classList.add(`no-${empty}`);
    byId(`f-${empty}`).closest('label').hidden = true;
  }
  let timer = 0;
  byId('q').addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(refresh, table_.rows.length > 3000 ? 120 : 0); });
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('filters').addEventListener('reset', () => setTimeout(() => { table_.sort = null; table_.reversed = false; refresh(); }));
  byId('previous').addEventListener('click', () => turn(-1));
  byId('next').addEventListener('click', () => turn(1));
  byId('size').addEventListener('change', (event) => { table_.size = Number(event.target.value); table_.page = 0; draw(); });
  byId('rows').addEventListener('click', clicked);
  byId('rows').addEventListener('keydown', moved);
  refresh();
}

/** How many incidents there are of each value, in this page and in all; only few filters know the latter. */
function numbersOf(filter, value) {
  const numbers = new Map();
  for (const [other, all] of Object.entries((D.in_all && D.in_all[filter]) || {})) numbers.set(other, [0, all]);
  for (const one of table_.rows) {
    const [here, all] = numbers.get(value(one)) || [0, null];
    numbers.set(value(one), [here + 1, all]);
  }
  return numbers;
}

const inNumbers = ([here, all]) => (all !== null && all !== here ? `${count(here)} of ${count(all)}` : count(here));

/** The values of a filter with their numbers, most first; severities and changes in their own order. */
function prepareFilter(filter) {
  const numbers = numbersOf(filter, (one) => values(one, filter));
  const entries = [...numbers].sort((a, b) => b[1][0] - a[1][0] || (a[0] < b[0] ? -1 : 1));
  if (filter === 'severity') entries.sort((a, b) => SEVERITIES.indexOf(a[0]) - SEVERITIES.indexOf(b[0]));
  if (filter === 'change') entries.sort((a, b) => changePlace(a[0]) - changePlace(b[0]));
  const options = entries.map(([value, number]) => [`=${value}`, `${filter === 'verdict' ? words(value) : cutText(seen(value), 60)} (${inNumbers(number)})`]);
  const select = byId(`f-${filter}`);
  select.append(el('option', { value: '' }, 'all'));
  if (filter === 'verdict') {
    const kinds = numbersOf('kind', (one) => one.kind);
    // What a number of the first screen filters by is there, even where nothing is of it.
    for (const tile of document.querySelectorAll('[data-filter="kind"]')) if (!kinds.has(tile.dataset.value)) kinds.set(tile.dataset.value, [0, null]);
    select.append(el('optgroup', { label: 'kinds' }, KINDS.filter((kind) => kinds.has(kind)).map((kind) => el('option', { value: `kind=${kind}` }, `${KIND_SIGNS[kind]} ${kind === 'unjudged' ? 'without a verdict' : kind} (${inNumbers(kinds.get(kind))})`))),
      el('optgroup', { label: 'verdicts' }, options.map(([value, text]) => el('option', { value }, text))));
  } else {
    select.append(...options.map(([value, text]) => el('option', { value }, text)));
  }
  select.addEventListener('change', refresh);
}

const changePlace = (name) => (D.since.kinds.findIndex((kind) => kind.name === name) + 1 || 99);
const cutText = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Filters and sorts anew. */
function refresh() {
  const terms = byId('q').value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = FILTERS.map((filter) => [filter, byId(`f-${filter}`) ? byId(`f-${filter}`).value : '']).filter(([, value]) => value);
  const holds = (one, [filter, value]) => (value.startsWith('kind=') ? one.kind === value.slice(5) : values(one, filter) === value.slice(1));
  table_.found = table_.rows.filter((one) => wanted.every((filter) => holds(one, filter)) && terms.every((term) => textOf(one).includes(term)));
  const column = COLUMNS.find(({ key }) => key === table_.sort);
  const sign = table_.reversed ? -1 : 1;
  // As reported: what fails now comes first, what is over or stale last.
  table_.found.sort((a, b) => (column ? sign * column.compare(a, b) : a.standing - b.standing || b.now - a.now) || a.at - b.at);
  for (const { key, compare } of COLUMNS) {
    if (compare) document.querySelector(`.h-${key}`).setAttribute('aria-sort', key !== table_.sort ? 'none' : table_.reversed ? 'descending' : 'ascending');
  }
  byId('order').value = table_.sort || '';
  byId('clear').disabled = !wanted.length && !terms.length && !table_.sort;
  table_.page = 0;
  draw();
}

function sortBy(key) {
  // Ascending, descending, as reported.
  if (table_.sort !== key) [table_.sort, table_.reversed] = [key, false];
  else if (!table_.reversed) table_.reversed = true;
  else [table_.sort, table_.reversed] = [null, false];
  refresh();
}

function turn(by) {
  table_.page += by;
  draw();
  byId('incidents').scrollIntoView();
  const first = byId('rows').querySelector('button.opener');
  if (first) first.focus({ preventScroll: true });
}

const pages = () => Math.max(1, Math.ceil(table_.shown.length / table_.size));

function draw() {
  table_.shown = fold(table_.found, (finding) => table_.unfolded.has(finding));
  const from = table_.page * table_.size;
  const shown = table_.shown.slice(from, from + table_.size);
  byId('rows').replaceChildren(...shown.flatMap(({ one, members }) => (table_.open.has(one.id) ? [line(one, members), opened(one, members)] : [line(one, members)])));
  const all = table_.rows.length;
  const isCut = all < D.incidents_in_all;
  if (!shown.length) byId('rows').append(el('tr', { class: 'nothing' }, el('td', { colspan: COLUMNS.length }, isCut ? 'No incident in this page is of that kind; incidents.json has all of them.' : 'No incident is of that kind.')));
  const matching = `${table_.found.length === all ? '' : `${count(table_.found.length)} of `}${plural(all, 'incident')}${isCut ? ` in this page, of ${count(D.incidents_in_all)} in all` : ''}`;
  byId('count').textContent = `${matching}${table_.shown.length < table_.found.length ? ` in ${plural(table_.shown.length, 'row')}` : ''}${table_.shown.length > table_.size ? `, ${count(from + 1)} to ${count(from + shown.length)} shown` : ''}${table_.sort ? '' : '; what fails now first, what is over or stale last, then gravest first'}`;
  byId('page').textContent = `Page ${count(table_.page + 1)} of ${count(pages())}`;
  byId('previous').disabled = table_.page === 0;
  byId('next').disabled = table_.page + 1 >= pages();
  document.querySelector('.pages').hidden = all <= 50;
}

/** A row. */
function line(one, members) {
  const isOpen = table_.open.has(one.id);
  const own = judgements.get(one.name) || [];
  const judgement = own.find((at) => string(D.scenarios.branch[at]) === one.branch) ?? own[0];
  const [, marks] = marksOf(one, judgement);
  const changes = judgement === undefined ? [] : [...changesOf(judgement).keys()];
  const kind = one.change;
  const run = string(D.incidents.last_run[one.at]);
  const finding = members ? D.at_once[one.finding] : null;
  const { title, shared } = finding ? atOnce(finding) : {};
  const past = STANDINGS[one.standing];
  const beside = finding ? [] : [...one.beside, ...(one.branch === null ? one.branches : [one.branch])];
  return el('tr', { class: `line${isOpen ? ' open' : ''}${one.standing ? ' past' : ''}`, 'data-id': one.id },
    el('td', { class: 'severity-cell' }, severityBadge(finding ? finding.severity : one.severity)),
    el('td', { class: 'what' },
      el('button', { type: 'button', class: 'opener', 'aria-expanded': String(isOpen), 'aria-controls': isOpen ? `d-${one.id}` : null }, finding ? title : name(one.scenario)),
      el('div', { class: 'muted' }, one.now ? [el('span', { class: 'tag now' }, 'fails now'), ' '] : null, kind && kind.is_news ? [el('span', { class: 'tag' }, kind.name), ' '] : null, one.standing ? [el('span', { class: 'tag plain' }, past === 'elsewhere' ? 'branch not judged' : past), ' '] : null,
        beside.map((part) => [log(part, { class: 'tag plain' }), ' ']), finding ? shared : [log(one.said), ' · ', name(one.class)])),
    el('td', { class: 'owner' }, log(one.owner)),
    el('td', { class: 'packet' }, log(one.packet)),
    el('td', { class: 'verdict-cell' }, verdictBadge(one.kind, one.verdict, one.label)),
    el('td', { class: 'failed number' }, `${count(one.failed)}`, el('span', { class: 'muted' }, ` / ${count(one.seen)}`)),
    el('td', { class: 'mini-cell' }, miniStrip(marks, changes)),
    el('td', { class: 'last' }, when(one.last, day), el('div', { class: 'muted clip', title: seen(run) }, log(run))));
}

function opened(one, members) {
  return el('tr', { class: 'detail', id: `d-${one.id}` }, el('td', { colspan: COLUMNS.length }, detail(one, members)));
}

function toggle(id, on) {
  const tr = byId('rows').querySelector(`tr.line[data-id="${id}"]`);
  const one = table_.rows.find((other) => other.id === id);
  const isOpen = table_.open.has(id);
  if (!tr || !one || on === isOpen) return;
  const button = tr.querySelector('button.opener');
  if (isOpen) {
    table_.open.delete(id);
    byId(`d-${id}`).remove();
    button.removeAttribute('aria-controls');
  } else {
    table_.open.add(id);
    tr.after(opened(one, (table_.shown.find((row) => row.one === one) || {}).members));
    button.setAttribute('aria-controls', `d-${id}`);
  }
  tr.classList.toggle('open', !isOpen);
  button.setAttribute('aria-expanded', String(!isOpen));
}

function clicked(event) {
  const tr = event.target.closest('tr.line');
  // A click that ends a selection of text selects and does no more.
  if (tr && !event.target.closest('a') && String(getSelection()) === '') {
    toggle(tr.dataset.id);
    address(tr.dataset.id);
  }
}

/** The address leads to what was opened last; it is no step of the history. */
function address(id) {
  const hash = table_.open.has(id) ? `#i=${id}` : '#incidents';
  try { history.replaceState(null, '', hash); } catch { /* where a page may not, the link in the detail does */ }
}

/** Arrow keys move from row to row; Escape closes the row that has the focus, from wherever in it. */
function moved(event) {
  const tr = event.target.closest('#rows > tr');
  if (!tr || event.altKey || event.ctrlKey || event.metaKey) return;
  const owner = tr.classList.contains('line') ? tr : tr.previousElementSibling;
  if (event.key === 'Escape' && table_.open.has(owner.dataset.id)) {
    toggle(owner.dataset.id, false);
    owner.querySelector('button.opener').focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches('button.opener')) return;
  const buttons = [...byId('rows').querySelectorAll('button.opener')];
  const next = buttons[buttons.indexOf(event.target) + step];
  event.preventDefault();
  if (next) next.focus();
}

/** Shows one incident, whatever is filtered. */
function reveal(id) {
  const one = table_.rows.find((other) => other.id === id);
  if (!one) return false;
  // One of a finding of whole runs has a row of its own once it is asked for, unless it stands for all of them.
  if (one.finding !== null && !table_.shown.some((row) => row.one === one)) table_.unfolded.add(one.finding);
  if (!table_.found.includes(one)) {
    byId('q').value = '';
    for (const filter of FILTERS) if (byId(`f-${filter}`)) byId(`f-${filter}`).value = '';
    refresh();
  }
  draw();
  table_.page = Math.max(0, Math.floor(table_.shown.findIndex((row) => row.one === one) / table_.size));
  draw();
  toggle(id, true);
  const tr = byId('rows').querySelector(`tr.line[data-id="${id}"]`);
  tr.scrollIntoView();
  tr.querySelector('button.opener').focus({ preventScroll: true });
  return true;
}
