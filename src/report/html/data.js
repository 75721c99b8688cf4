// The data: unpacked once, rows made of its columns.

let D = null;

async function unpack() {
  const packed = Uint8Array.from(atob(byId('data').textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

/** A row of columns as an object. */
function row(columns, at) {
  const object = {};
  for (const name of Object.keys(columns)) object[name] = columns[name][at];
  return object;
}

const string = (place) => (place === null || place === undefined ? null : D.strings[place]);
const runId = (place) => D.runs.id[place];

function namesAt(place) {
  const { packet, suite, scenario, mode } = D.names;
  return { packet: string(packet[place]), suite: string(suite[place]), scenario: scenario[place], mode: string(mode[place]) };
}

/** The first line of a text that says something. */
const firstLine = (text) => (text || '').split('\n').map((line) => line.trim()).find(Boolean);

/** The incidents as the table sorts and filters them. */
function incidents() {
  const columns = D.incidents;
  return columns.id.map((id, at) => {
    const names = namesAt(columns.name[at]);
    return {
      at, id, ...names,
      name: columns.name[at],
      severity: columns.severity[at],
      class: string(columns.class[at]),
      owner: string(columns.owner[at]),
      reason: string(columns.reason[at]),
      kind: columns.verdict[at] === null ? 'unjudged' : columns.kind[at],
      verdict: columns.verdict[at],
      label: columns.label[at],
      said: firstLine(string(columns.message[at])) || string(columns.reason[at]),
      now: columns.now[at],
      failed: columns.failed[at],
      seen: columns.seen[at],
      last: columns.last_ms[at],
      standing: STANDINGS.indexOf(columns.standing[at]),
      branch: string(columns.branch[at]),
      branches: columns.branches[at].map(string),
      finding: columns.finding[at],
      change: columns.change[at] === null ? null : D.since.kinds[columns.change[at]],
      why: string(columns.change_why[at]),
      text: null,
    };
  });
}

/** What a search looks through. */
function textOf(one) {
  if (one.text === null) {
    const columns = D.incidents;
    const parts = [one.scenario, one.reason, one.said, one.class, one.owner, one.packet, one.suite, one.mode, ...one.branches, one.verdict || '', one.label || '',
      `triage64:${one.id}`, string(columns.first_run[one.at]), string(columns.last_run[one.at]), columns.seed[one.at] || '',
      string(columns.env[one.at]) || '', string(columns.replay[one.at]) || ''];
    one.text = parts.join('\n').toLowerCase();
  }
  return one.text;
}

/** The judgements of each scenario by its name's place; one on several branches has several. */
let judgements = new Map();

/** What tells rows apart that would read the same: packet and suite, where they differ between rows of one name. */
function tellApart() {
  const first = new Map();
  for (const one of table_.rows) {
    if (!first.has(one.scenario)) first.set(one.scenario, { packet: one.packet, suite: one.suite, differ: new Set() });
    const { differ, ...parts } = first.get(one.scenario);
    for (const part of Object.keys(parts)) if (parts[part] !== one[part]) differ.add(part);
  }
  for (const one of table_.rows) {
    const { differ } = first.get(one.scenario);
    one.beside = [...['packet', 'suite'].filter((part) => differ.has(part)).map((part) => one[part]), one.mode].filter(Boolean);
  }
}

/** A finding of whole runs in words: its title, and the reason that its failures share. */
function atOnce(finding) {
  const runs = finding.runs.slice(0, 3).flatMap((run, at) => [at ? ', ' : '', log(run)]);
  const shown = finding.reasons.slice(0, 3);
  const reasons = shown.flatMap(([its, reason, scenarios], at) =>
    [at ? ', ' : '', log(its), ' ', log(reason), ` in ${scenarios === finding.scenarios ? 'all' : count(scenarios)} of them`]);
  const more = (all, here) => (all > here ? ` and ${count(all - here)} more` : '');
  return {
    title: [`${plural(finding.scenarios, 'scenario')} failed at once in `, runs, more(finding.runs_in_all, Math.min(3, finding.runs.length))],
    shared: [reasons, more(finding.reasons_in_all, shown.length)],
  };
}

/** Rows in which the incidents of a finding of whole runs are one, at the place of the first: [incident, members]. */
function fold(list, isOpened) {
  const members = new Map();
  for (const one of list) {
    if (one.finding === null || one.finding === undefined || isOpened(one.finding)) continue;
    if (!members.has(one.finding)) members.set(one.finding, []);
    members.get(one.finding).push(one);
  }
  const of = (one) => (one.finding === null || one.finding === undefined ? null : members.get(one.finding) || null);
  return list.filter((one) => !of(one) || of(one)[0] === one).map((one) => ({ one, members: of(one) && of(one).length > 1 ? of(one) : null }));
}

function gather() {
  invisible = new RegExp(`[${D.invisible}]`, 'gu');
  table_.rows = incidents();
  tellApart();
  judgements = new Map();
  D.scenarios.name.forEach((name, at) => {
    if (!judgements.has(name)) judgements.set(name, []);
    judgements.get(name).push(at);
  });
}
