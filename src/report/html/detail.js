// One incident at length.

function levels(title, found) {
  const [known, failed, mixed, p, q, rows, rest] = found;
  if (!known) return null;
  const named = (level) => log(level === '' ? '(empty)' : level, { class: level.length > 24 ? 'level long' : 'level' });
  const line = ([level, failedRuns, runs, failedAttempts, attempts]) =>
    [named(string(level)), bar(failedRuns, runs), `${count(failedAttempts)} of ${count(attempts)}`];
  const body = rows.map(line);
  if (rest) body.push([`${count(known - rows.length)} others`, ...line(rest).slice(1)]);
  const test = p === null ? '' : `; p ${probability(p)}${q === null ? '' : `, adjusted ${probability(q)}`}`;
  return table(`${title}: ${count(failed)} of ${count(known)} failed, ${count(mixed)} of them also passed${test}`,
    [title === 'Environments' ? 'environment' : 'seed', 'runs failed', 'attempts failed'], body, [1, 2]);
}

/** A share as a bar with its numbers. */
function bar(part, all) {
  const picture = svg('svg', { class: 'share', viewBox: '0 0 40 8', 'aria-hidden': 'true', preserveAspectRatio: 'none' },
    svg('rect', { class: 'all', x: 0, y: 0, width: 40, height: 8 }),
    svg('rect', { class: 'part', x: 0, y: 0, width: all ? (40 * part) / all : 0, height: 8 }));
  return el('span', { class: 'shared' }, picture, `${count(part)} of ${count(all)}`);
}

function changesOf(at) {
  const begins = D.scenarios.begins[at];
  return new Map(D.scenarios.changes[at].map(([run, from, to, before, after]) => [
    run - begins,
    `The failure rate changed from ${percent(before)} to ${percent(after)} at ${seen(runId(run))}${from === to ? '' : `, 99 % between ${seen(runId(from))} and ${seen(runId(to))}`}.`,
  ]));
}

/** The runs of each outage of a scenario by their places in its history, and the outages in words. */
function outagesOf(at) {
  const begins = D.scenarios.begins[at];
  const runs = new Set();
  const told = D.scenarios.outages[at].map(([first, lastFailed, end, all, failed, before, reasons], index) => {
    for (let run = first; run <= lastFailed; run++) runs.add(run - begins);
    const ends = first === lastFailed ? [] : [' to ', log(runId(lastFailed))];
    const known = reasons.map((place) => table_.rows.find((one) => one.id === string(place))).filter(Boolean);
    return el('li', {}, log(runId(first)), ends, `: ${count(failed)} of ${plural(all, 'run')} failed`,
      index || before ? `, after ${plural(before, 'run')} ${index ? 'away' : 'before it'}` : '', end === null ? ', not over' : '',
      known.map((one, place) => [place ? ', ' : '; ', opens(one.id, log(one.reason))]));
  });
  return [runs, told];
}

/** The folder of this page as a word of a shell: incidents.json and recurrence.json stand beside it. */
function folder() {
  if (location.protocol !== 'file:') return '.';
  let path = location.pathname;
  try { path = decodeURIComponent(path); } catch { /* then as it is written */ }
  const place = path.replace(/[^/]*$/, '').replace(/^\/([A-Za-z]:)/, '$1').replace(/(.)\/$/, '$1');
  return /^[\w\-./:=@%+,]+$/.test(place) ? place : `'${place.replaceAll("'", "'\\''")}'`;
}

/** The incidents of a finding of whole runs: they are one row, and opened one by one from here. */
function whole(members) {
  const finding = D.at_once[members[0].finding];
  const { title, shared } = atOnce(finding);
  return el('div', { class: 'whole' },
    el('p', { class: 'why' }, title, ': ', shared, '; ', finding.state, '. One cause, most likely.'),
    ...more(members, 12, (other) => el('li', {}, opens(other.id, log(other.scenario)), other.beside.length ? [' ', log(other.beside.join(' · '), { class: 'muted' })] : null, ' ', log(other.reason)), el('ul', { class: 'members' })));
}

function detail(one, members) {
  const incident = row(D.incidents, one.at);
  const own = judgements.get(one.name) || [];
  // The branch of the row's verdict first.
  const ofRow = (at) => Number(string(D.scenarios.branch[at]) === one.branch);
  const ordered = [...own].sort((a, b) => ofRow(b) - ofRow(a));
  const parts = ordered.length ? ordered.map((at) => judged(one, at)) : [unjudged(one)];
  const replay = string(incident.replay);
  // Where the verdict is about another way to fail, its commands are not this one's.
  const mine = ordered.filter((at) => string(D.scenarios.incident[at]) === one.id);
  const latest = mine.length ? row(D.scenarios, mine[0]) : null;
  const newest = latest && string(latest.replay);
  const commands = [];
  const again = newest || replay;
  if (again) {
    const seed = newest ? latest.replay_seed : incident.seed;
    const env = string(newest ? latest.replay_env : incident.env);
    const run = newest && latest.replay_run !== null ? runId(latest.replay_run) : string(incident.first_run);
    commands.push(el('h4', {}, 'Run it again'), command(again, 'replay command'),
      el('p', { class: 'muted' }, 'as in ', log(run), seed === null ? null : [', seed ', el('code', { class: 'exact' }, seed)], env === null ? null : [', environment ', log(env)]));
  } else {
    commands.push(el('p', { class: 'muted' }, 'The log carries no replay command that is short enough to show; incidents.json has what it carries.'));
  }
  commands.push(el('h4', {}, 'Lead others here'), command(`${location.href.replace(/#.*/, '')}#i=${one.id}`, 'link'));
  commands.push(el('h4', {}, 'Say it at length'), command(`relapse explain triage64:${one.id} --from ${folder()}`, 'explain command'));
  const siblings = table_.rows.filter((other) => other.name === one.name && other.id !== one.id);
  return el('div', { class: 'inside' },
    el('div', { class: 'main' }, members ? whole(members) : null, said(incident), parts),
    el('div', { class: 'side' }, commands,
      one.severity === 0 && D.closure.length ? el('div', { class: 'closure' }, el('h4', {}, 'Before it is closed'), el('ul', {}, D.closure.map((text) => el('li', {}, text)))) : null,
      one.change ? el('p', {}, el('b', {}, `Since ${D.since.begin}: ${one.change.name}. `), log(one.why)) : null,
      facts(incident, one),
      siblings.length ? el('div', {}, el('h4', {}, `${plural(siblings.length, 'other way')} to fail`),
        ...more(siblings, 6, (other) => el('li', {}, opens(other.id, log(other.reason)), ` ${plural(other.failed, 'run')}, `, verdictBadge(other.kind, other.verdict, other.label)), el('ul', { class: 'members' }))) : null));
}

/** What the first failure said, and where its run is to be seen. */
function said(incident) {
  const message = string(incident.message);
  const url = string(incident.url);
  if (message === null && url === null) return null;
  return el('div', { class: 'said' }, message === null ? null : el('pre', { tabindex: '0' }, message.split(/\r?\n/).map((line, at) => [at ? '\n' : '', seen(line.replaceAll('\t', '    '))])),
    el('p', { class: 'muted' }, 'in ', log(string(incident.first_run)), url === null ? null : [': ', el('a', { href: url, rel: 'noopener noreferrer' }, 'the run')]));
}

function unjudged(one) {
  const [begins, marks] = marksOf(one);
  return el('div', {}, el('p', { class: 'why' }, 'It has no verdict: its class is infrastructure\'s, or its runs are of branches that are not judged.'), fullStrip(begins, marks, new Map()));
}

/** The judgement of the scenario: why, history, levels. */
function judged(one, at) {
  const it = row(D.scenarios, at);
  const [begins, marks] = marksOf(one, at);
  const changes = changesOf(at);
  const [outages, told] = outagesOf(at);
  const facts = [];
  const fact = (title, ...value) => facts.push(el('div', {}, el('dt', {}, title), el('dd', {}, value)));
  fact('runs failed', `${count(it.failed)} of ${count(it.runs)}`, it.rate ? ` (rate ${percent(it.rate[0])} to ${percent(it.rate[1])}, 95 %)` : '', it.excluded ? `, ${count(it.excluded)} did not count` : '');
  fact('attempts failed', `${count(it.failed_attempts)} of ${count(it.attempts)}`);
  if (it.clean) fact('clean since', `${plural(it.clean, 'run')}${it.clean_needed[0] === null ? '' : `; ${count(it.clean_needed[0])} would show a fix at 95 %, ${count(it.clean_needed[1])} at 99 %`}`, it.longest_away === null ? '' : `, and more than ${count(it.longest_away)}, which it stayed away before`);
  else if (it.clean_needed[0] !== null) fact('a fix would show after', `${plural(it.clean_needed[0], 'clean run')}`);
  if (it.witness) {
    const [failed, passed, env, seed, ground] = it.witness;
    fact('witness', 'failed in ', log(runId(failed)), ', passed in ', log(runId(passed)), `, ${words(ground)}`,
      env === null ? '' : [', environment ', log(string(env))], seed === null ? '' : [', seed ', el('code', { class: 'exact' }, seed)]);
  }
  if (it.range) fact('revisions', log(string(it.range[0])), it.range[1] === null ? '' : [' ', el('code', { class: 'exact' }, log(string(it.range[1])))]);
  if (it.confined.length) fact('confined to', it.confined.map((place, index) => [index ? ', ' : '', log(string(place))]));
  if (it.replays) fact('replays that would settle it', `${count(it.replays)} failing in a row`, it.replay_seeds.length ? [', with seeds ', el('code', { class: 'exact' }, it.replay_seeds.join(', '))] : '');
  if (it.more_runs) fact('more runs that decide', count(it.more_runs));
  if (it.quarantine) {
    const [state, since, released, again, chance] = it.quarantine;
    fact('quarantine', state, since === null ? '' : [' since ', log(runId(since))], released === null ? '' : [', released after ', log(runId(released))],
      again ? ', failed again soon after' : '', chance === null ? '' : `; an unfixed one would be let out with a chance of ${percent(chance)}`);
  }
  if (it.bursty_p !== null && it.bursty_p <= 0.05) fact('in bursts', `p ${probability(it.bursty_p)} by chance`);
  for (const [index, unit] of ['weekday', 'hour'].entries()) if (it.calendar[index] !== null && it.calendar[index] <= 0.05) fact(`by ${unit}`, `adjusted p ${probability(it.calendar[index])}`);
  if (it.controlled.length) fact('held equal', it.controlled.join(', '));
  if (it.uncontrolled.length) fact('not in the log', it.uncontrolled.join(', '));
  if (it.groups.length) fact('fails together with', it.groups.map((group, index) => [index ? ', ' : '', el('a', { href: `#group-${group}` }, group)]));
  return el('div', { class: 'judged' },
    it.branch === null ? null : el('h4', {}, 'Branch ', log(string(it.branch) || '(unknown)')),
    el('p', { class: 'why' }, verdictBadge(it.kind, it.verdict, it.label), ' ', log(it.why), '.',
      it.incident === null || string(it.incident) === one.id ? null : [' It is about ', opens(string(it.incident), 'another way to fail'), '.']),
    el('p', { class: 'muted' }, 'What would change it: ', log(string(it.would_change)), '.', it.stale ? ' Stale: not in the latest runs.' : ''),
    fullStrip(begins, marks, changes, outages),
    told.length ? el('div', {}, el('h4', {}, 'It came and went'), el('ol', { class: 'outages' }, told)) : null,
    changes.size ? el('ul', { class: 'changepoints' }, [...changes.values()].map((text) => el('li', {}, text))) : null,
    el('div', { class: 'levels' }, levels('Environments', it.envs), levels('Seeds', it.seeds)),
    el('dl', {}, facts));
}

/** What the log says of the incident's first record. */
function facts(incident, one) {
  const rows = [
    ['id', log(`triage64:${one.id}`, { class: 'exact' })],
    ['scenario', log(one.scenario)],
    ['class', incident.effective === null ? log(one.class) : [log(one.class), ', by its history ', log(string(incident.effective))]],
    ['reason', log(one.reason)],
    ['owner', log(one.owner)],
    one.packet ? ['packet, suite', [log(one.packet), ', ', log(one.suite)]] : ['suite', log(one.suite)],
    ['mode', one.mode ? log(one.mode) : 'none'],
    one.branches.length ? ['branches', one.branches.flatMap((branch, at) => [at ? ', ' : '', log(branch)])] : null,
    ['records', `${count(incident.occurrences)} failed, with ${plural(incident.seeds, 'seed')} in ${plural(incident.envs, 'environment')}`],
    ['first seen', [when(incident.first_ms, minute), ' in ', log(string(incident.first_run))]],
    ['last seen', [when(incident.last_ms, minute), ', last run ', log(string(incident.last_run))]],
    ['first record', [log(string(incident.log)), `, line ${count(incident.line)}`]],
  ];
  if (incident.artifacts.length) rows.push(['artifacts', el('ul', { class: 'plain' }, incident.artifacts.map((place) => el('li', {}, log(string(place)))))]);
  return el('div', {}, el('h4', {}, 'The incident'), el('dl', { class: 'facts' }, rows.filter(Boolean).map(([title, value]) => el('div', {}, el('dt', {}, title), el('dd', {}, value)))));
}
