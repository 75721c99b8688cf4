// What stands beside the table: the trend, changes since the baseline, the ledger, groups.

/** Changes that nobody must act on: a list of more of them stays closed on paper. */
const MOST_ON_PAPER = 50;

/** A link that opens an incident in the table. */
const opens = (id, ...children) => el('a', { href: `#i=${id}` }, children);

/** A change of the data: the place of its incident, or all that is known of one that is not in the page. */
function changed(one) {
  if (typeof one !== 'number') return one;
  const { id, class: its, severity, owner, packet, suite, scenario, mode, reason, why, standing, finding, beside, branches } = table_.rows[one];
  return { id, kind: D.incidents.change[one], class: its, severity, owner, names: [packet, suite, scenario, mode], reason, why, standing, finding, beside, branches, isHere: true };
}

/** Runs of the trend beside the title. */
const MOST_OF_TREND = 64;

/** How many failed in each of the last runs of the branch that has most. */
function showTrend() {
  if (!byId('trend')) return;
  const branches = new Map();
  D.runs.branch.forEach((branch, run) => branches.set(branch, [...(branches.get(branch) || []), run]));
  const longest = [...branches.values()].sort((a, b) => b.length - a.length)[0] || [];
  const runs = longest.slice(-MOST_OF_TREND);
  if (runs.length < 2) return;
  const numbers = runs.map((run) => D.runs.failing.reduce((sum, kind) => sum + kind[run], 0));
  const most = Math.max(1, ...numbers);
  const label = `failing scenarios in the last ${runs.length} runs${branches.size > 1 ? ` of ${seen(D.runs.branch[runs[0]] || '(unknown)')}` : ''}: at most ${most}, ${numbers[numbers.length - 1]} in the newest`;
  const height = (number) => (number ? 2 + (22 * number) / most : 0);
  byId('trend').replaceWith(svg('svg', { class: 'trend', viewBox: `0 0 ${runs.length * 4} 25`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    svg('title', {}, label), svg('rect', { class: 'axis', x: 0, y: 24, width: runs.length * 4, height: 1 }),
    numbers.map((number, at) => svg('rect', { x: at * 4 + 0.4, y: 24 - height(number), width: 3.2, height: height(number) }))));
}

function showSince() {
  const since = D.since;
  if (!since) return;
  const body = byId('since-body');
  const runs = since.compared_runs;
  body.append(el('p', { class: 'sub' }, `${plural(since.compared, 'new run')} beside a baseline of ${plural(since.baseline_runs, 'run')}`,
    runs.length ? [': ', log(runs[0]), runs.length > 1 ? [' to ', log(runs[runs.length - 1])] : ''].flat() : '', '.'));
  for (const warning of since.warnings) body.append(el('p', { class: 'warn' }, '! ', log(warning)));
  for (const note of since.notes) body.append(el('p', { class: 'muted' }, log(note)));
  if (since.compared === 0) return;
  body.append(el('ul', { class: 'kinds' }, since.kinds.map((kind) =>
    el('li', { class: kind.is_news && kind.incidents ? 'news' : null }, el('b', {}, count(kind.incidents)), ' ', kind.name))));
  const all = since.changes.map(changed);
  since.kinds.forEach((kind, place) => {
    const changes = all.filter((change) => change.kind === place);
    if (!changes.length) return;
    // What is over or stale is last, and a finding of whole runs is one.
    changes.sort((a, b) => a.standing - b.standing);
    const rows = fold(changes, () => false);
    const make = ({ one: change, members }) => {
      const finding = members ? D.at_once[change.finding] : null;
      const { title, shared } = finding ? atOnce(finding) : {};
      const what = finding ? title : log(change.names[2]);
      const beside = finding ? [] : [...change.beside, ...change.branches];
      return el('li', {},
        el('div', { class: 'what' }, severityBadge(finding ? finding.severity : change.severity), ' ',
          change.isHere ? opens(change.id, what) : what, beside.map((part) => [' ', log(part, { class: 'tag plain' })]), finding ? null : [' ', log(change.names[0], { class: 'muted' })]),
        el('div', { class: 'muted' }, finding ? [shared, '; ', finding.state] : [log(change.class), ' · ', log(change.reason), ' · ', log(change.owner)]),
        finding ? null : el('div', { class: 'why' }, log(change.why)));
    };
    const [list, button] = more(rows, kind.is_news ? 20 : 5, make, el('ul', { class: 'changes' }));
    const part = el('details', { open: kind.is_news, class: !kind.is_news && changes.length > MOST_ON_PAPER ? 'off-paper' : null }, el('summary', {}, el('b', {}, `${count(kind.incidents)} ${kind.name}`), `: ${kind.meaning}`), list, button,
      kind.incidents > changes.length ? el('p', { class: 'muted' }, `The first ${count(changes.length)}; relapse diff lists all of them, and the table below what it holds of them.`) : null);
    body.append(part);
  });
}

function showLedger() {
  const ledger = D.ledger;
  const body = byId('ledger-body');
  const totals = ledger.totals;
  const notes = [
    [totals.benchmark_lines, 'benchmark line', 'among the parsed'],
    [totals.rejected_metrics, 'metric', 'rejected: not finite or not above 0'],
    [totals.filtered, 'record', 'left out by a filter'],
    [totals.excluded, 'record', "excluded by the outcome's word"],
    [totals.duplicate_fields, 'repeated field', 'read: the last value counts'],
    [totals.duplicate_archives, 'archive', 'left out: another holds the same text'],
    [ledger.skipped, 'file', 'passed over: not an archive by its name, hidden or a link'],
  ].filter(([number]) => number > 0).map(([number, noun, what]) => `${plural(number, noun)} ${what}`);
  if (notes.length) body.append(el('p', { class: 'muted' }, notes.join('; '), '.'));
  if (ledger.unknown) body.append(el('p', {}, log(ledger.unknown), '.'));
  if (ledger.archives.length) {
    const make = (archive) => el('li', {}, log(archive.path, { class: 'path' }), ': ',
      [
        archive.damage_count ? `${plural(archive.damage_count, 'place')} of damage (${archive.damage.map((one) =>
          `${words(one.what)} at byte ${count(one.compressed_offset)}, ${plural(one.lines_saved, 'line')} of its frame saved`).join('; ')})` : '',
        archive.lost_bytes ? `${plural(archive.lost_bytes, 'byte')} of text lost` : '',
        archive.unknown,
        ...Object.entries(archive.rejected).map(([reason, number]) => `${plural(number, 'line')} rejected: ${words(reason)}`),
      ].filter(Boolean).join('; '),
      archive.rejects.length ? el('ul', {}, archive.rejects.map((reject) =>
        el('li', { class: 'muted' }, `line ${count(reject.line)}, ${words(reject.reason)}: `, log(reject.message)))) : null);
    body.append(el('h3', {}, `${plural(ledger.losing, 'archive')} not whole`), ...more(ledger.archives, 8, make, el('ul', { class: 'losses' })));
  }
  if (ledger.unreadable.length) {
    const make = ([path, why]) => el('li', {}, log(path, { class: 'path' }), ': ', log(why));
    body.append(el('h3', {}, `${plural(ledger.unreadable_in_all, 'path')} unreadable`), ...more(ledger.unreadable, 8, make, el('ul', { class: 'losses' })));
  }
  const warnings = D.warnings.map((why) => [null, why]).concat(ledger.warnings);
  if (warnings.length) {
    const make = ([path, why]) => el('li', {}, path === null ? null : [log(path, { class: 'path' }), ': '], log(why));
    const number = D.warnings.length + ledger.warnings_in_all;
    body.append(el('details', { open: warnings.length < 4 }, el('summary', {}, plural(number, 'warning')), ...more(warnings, 20, make, el('ul', { class: 'losses' }))));
  }
}

function showGroups(pick) {
  if (!D.groups.length) return;
  byId('groups').hidden = false;
  byId('to-groups').hidden = false;
  const body = byId('groups-body');
  body.append(el('p', { class: 'sub' }, 'Scenarios that fail in nearly the same runs: one cause, most likely; and those that broke at one run: what changed there?'));
  const make = (group) => {
    const members = group.names.map((name) => {
      const { packet, scenario, mode } = namesAt(name);
      return el('li', {}, el('a', { href: '#incidents', onclick: (event) => { event.preventDefault(); pick(scenario); } }, log(scenario)), mode ? [' ', log(mode, { class: 'muted' })] : null, ' ', log(packet, { class: 'muted' }));
    });
    return el('li', { id: `group-${group.id}` }, el('h3', {}, `${group.id}: ${plural(group.members, 'scenario')}`),
      el('p', { class: 'muted' }, group.since ? ['broke at ', log(group.since), `; ${plural(group.failed, 'failing run')} since`] : `${plural(group.failed, 'failing run')}; Jaccard index at least ${group.jaccard}, adjusted p at most ${probability(group.q)}`),
      ...more(members, 8, (member) => member, el('ul', { class: 'members' })),
      group.members > group.names.length ? el('p', { class: 'muted' }, `The first ${group.names.length}; recurrence.json has all.`) : null);
  };
  body.append(...more(D.groups, 10, make, el('ul', { class: 'groups' })));
  if (D.groups_in_all > D.groups.length) body.append(el('p', { class: 'muted' }, `The first ${count(D.groups.length)} of ${count(D.groups_in_all)} groups.`));
}
