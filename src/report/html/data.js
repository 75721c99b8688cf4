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
      failed: columns.failed[at],
      seen: columns.seen[at],
      last: columns.last_ms[at],
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
    const parts = [one.scenario, one.reason, one.class, one.owner, one.packet, one.suite, one.mode, one.verdict || '', one.label || '',
      `triage64:${one.id}`, string(columns.first_run[one.at]), string(columns.last_run[one.at]), columns.seed[one.at] || '',
      string(columns.env[one.at]) || '', string(columns.replay[one.at]) || ''];
    one.text = parts.join('\n').toLowerCase();
  }
  return one.text;
}

/** The judgements of each scenario by its name's place; one on several branches has several. */
let judgements = new Map();

function gather() {
  invisible = new RegExp(`[${D.invisible}]`, 'gu');
  table_.rows = incidents();
  judgements = new Map();
  D.scenarios.name.forEach((name, at) => {
    if (!judgements.has(name)) judgements.set(name, []);
    judgements.get(name).push(at);
  });
}
