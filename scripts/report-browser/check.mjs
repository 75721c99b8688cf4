// Drives a headless Chromium over reports and holds them to what they promise. Prints each check; exits with 1 when one
// does not hold.
//
//   node check.mjs CHROMIUM FOLDER [SCREENSHOTS]: FOLDER holds the outputs of sweeps by name, as check-report makes them
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

const [executablePath, work, screenshots] = process.argv.slice(2);
const report = (name) => join(work, name, 'report.html');
const [weekly, hostile, large, compared, heavy] = ['weekly', 'hostile', 'large', 'compared', 'heavy'].map(report);
let failed = 0;

function check(holds, what, seen = '') {
  console.log(`${holds ? 'ok  ' : 'FAIL'}  ${what}${holds || seen === '' ? '' : `: ${JSON.stringify(seen)}`}`);
  if (!holds) failed += 1;
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });

/** A page with a report, and all that it complains of or asks for. */
async function open(path, options = {}, script = '') {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const page = await context.newPage();
  if (script) await page.addInitScript(script);
  const faults = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) faults.push(message.text()); });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('dialog', (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (request.url() !== pathToFileURL(path).href) faults.push(`request: ${request.url()}`); });
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector('html[data-ready]', { timeout: 20_000 });
  return { page, faults, close: () => context.close() };
}

const rows = (page) => page.locator('#rows tr.line');
const texts = (page, selector) => page.locator(selector).allTextContents();
const scenario = (page, id) => page.locator('#rows tr.line', { has: page.getByText(id, { exact: true }) });
const becomes = async (found, number) => {
  for (let tries = 0; tries < 50 && (await found.count()) !== number; tries += 1) await new Promise((done) => { setTimeout(done, 100); });
  return (await found.count()) === number;
};
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** The texts of the pages of a print on A4. */
async function printed(page) {
  const pdf = await page.pdf({ format: 'A4', margin: { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' } });
  return execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf, maxBuffer: 1e8 }).toString().split('\f');
}

/** Contrast of each shown text with what is behind it: the least, and where. */
const contrast = (page) => page.evaluate(() => {
  const parse = (colour) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d');
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const cache = new Map();
  const rgba = (colour) => cache.get(colour) || cache.set(colour, parse(colour)).get(colour);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  let least = [99, ''];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest('script, style, noscript, .unseen, .skip, option, :disabled') || !node.checkVisibility()) continue;
    const [a, b] = [luminance(rgba(getComputedStyle(node).color)), luminance(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least[0]) least = [ratio, `${node.tagName}.${node.className}: ${walker.currentNode.data.slice(0, 30)}`];
  }
  return least;
});

console.log('the weekly fixtures');
{
  const { page, faults, close } = await open(weekly);
  check((await rows(page).count()) === 11, 'shows 11 incidents', await rows(page).count());
  check((await texts(page, 'h1'))[0] === '11 incidents in 12 runs', 'says so', await texts(page, 'h1'));
  check((await page.locator('#since').count()) === 1 && (await page.locator('main > section').nth(1).getAttribute('id')) === 'since', 'begins with what changed');
  check((await texts(page, '#since h2'))[0] === 'Since 2026-03-02', 'says since when', await texts(page, '#since h2'));
  check(/new/.test(await page.locator('#since').innerText()), 'names what is new');

  const planted = scenario(page, 'backward_order/strict:grown_graph');
  check(/regressed/.test(await planted.innerText()) && /deterministic/.test(await planted.innerText()), 'shows the planted regression', await planted.innerText());
  await planted.locator('button.opener').click();
  const detail = page.locator('#rows tr.detail');
  check((await detail.count()) === 1, 'opens a detail');
  check((await detail.locator('.strip .cell').count()) === 12, 'has a mark for each of its runs');
  check((await detail.locator('.strip .cell.change').count()) === 1, 'marks its changepoint');
  check(/changed from 0 % to 100 % at run-07/.test(await detail.innerText()), 'says where the rate changed');
  check((await detail.locator('.scroll > table.small').count()) === 2, 'has tables of environments and seeds');
  check(/6858486433278443939/.test(await detail.innerText()), 'keeps every digit of a seed');
  await detail.getByRole('button', { name: 'Copy the replay command' }).click();
  await page.getByText('Copied ✓').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  check(copied === 'cargo test -p kx-conformance backward_orders_agree', 'copies the replay command', copied);
  if (screenshots) await page.screenshot({ path: join(screenshots, 'weekly-open.png'), fullPage: true });

  await page.getByRole('button', { name: 'What failed' }).click();
  const names = await texts(page, '#rows .opener');
  check(names.join() === [...names].sort().join(), 'sorts by scenario', names);
  check((await page.locator('th.h-scenario').getAttribute('aria-sort')) === 'ascending', 'says how it is sorted');
  await page.getByRole('button', { name: 'What failed' }).click();
  const reversed = await texts(page, '#rows .opener');
  check(reversed.join() === [...names].sort().reverse().join(), 'sorts the other way round');
  for (const [column, cell, order] of [['Runs failed', '.failed', (a, b) => b - a]]) {
    await page.getByRole('button', { name: column }).click();
    const numbers = (await texts(page, `#rows td${cell}`)).map((text) => parseInt(text, 10));
    check(numbers.join() === [...numbers].sort(order).join(), `sorts by ${column.toLowerCase()}`, numbers);
  }
  await page.getByRole('button', { name: 'Clear' }).click();

  for (const [filter, value, selector] of [['severity', '=critical', '.severity'], ['owner', '=ft-core-owners', '.owner'], ['packet', '=KX-P1-003', '.packet'], ['class', '=autograd_state', '.what'], ['verdict', '=regressed', '.verdict-cell'], ['verdict', 'kind=flaky', '.verdict-cell'], ['change', '=new', '.what']]) {
    await page.locator(`#f-${filter}`).selectOption(value);
    const shown = await texts(page, `#rows tr.line ${selector}`);
    const word = value.slice(value.indexOf('=') + 1);
    check(shown.length > 0 && shown.length < 11 && shown.every((text) => text.includes(word)), `filters by ${filter} ${word}`, shown);
    await page.locator('#clear').click();
    await page.waitForFunction(() => document.querySelectorAll('#rows tr.line').length === 11);
  }

  await page.locator('h1').click();
  await page.keyboard.press('/');
  await page.keyboard.type('grown_graph triage64:e4d779953094bc95');
  check(await becomes(rows(page), 1), 'searches free text from the key /');
  await page.keyboard.press('Escape');
  check((await rows(page).count()) === 11, 'empties the search with Escape', await rows(page).count());

  // By keyboard alone: to the first row, down one, open, read, close.
  await page.locator('#rows .opener').first().focus();
  await page.keyboard.press('ArrowDown');
  const second = (await texts(page, '#rows .opener'))[1];
  check((await page.evaluate(() => document.activeElement.textContent)) === second, 'moves from row to row');
  for (const key of ['Enter', 'Space']) {
    const before = await page.locator('tr.detail').count();
    await page.keyboard.press(key);
    check((await page.locator('tr.detail').count()) !== before, `opens and closes with ${key}`);
  }
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  check(await page.evaluate(() => document.activeElement.closest('tr.detail, tr.line') !== null), 'goes on into the detail');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  check(outline !== 'none', 'shows the focus', outline);
  await page.keyboard.press('Escape');
  check((await page.evaluate(() => document.activeElement.textContent)) === second, 'comes back with Escape');

  await page.locator('.tile.flaky').click();
  await page.waitForFunction(() => document.querySelectorAll('#rows tr.line').length === 3);
  check(true, 'filters by a number of the first screen');
  await page.locator('#clear').click();
  await page.goto(`${pathToFileURL(weekly).href}#i=e4d779953094bc95`);
  await page.reload();
  await page.waitForSelector('tr.detail');
  check((await page.locator('tr.detail').count()) === 1, 'opens the incident that its address names');

  await page.locator('#runs').scrollIntoViewIfNeeded();
  await page.waitForSelector('#runs canvas');
  await page.locator('#runs .chart').focus();
  await page.keyboard.press('ArrowLeft');
  check(/^run-11, 2026-03-23.*failing scenarios/.test(await page.locator('#runs .caption').innerText()), 'reads the chart run by run', await page.locator('#runs .caption').innerText());
  await page.locator('#runs summary').click();
  // The table is made behind the click that opens its place.
  check(await becomes(page.locator('#runs table tbody tr'), 12), 'has the chart as numbers');
  check((await page.locator('#benchmarks canvas').count()) + (await page.locator('#benchmarks .lane').count()) > 0, 'draws benchmark series');
  const paper = await printed(page);
  check(paper.length > 3, 'prints', paper.length);
  const from = paper.findIndex((text) => text.includes('What failed'));
  const to = paper.findIndex((text) => text.includes('Failing scenarios per run'));
  const headless = paper.slice(from, to).filter((text) => !/Severity +What failed.*Runs failed/.test(text)).length;
  check(from >= 0 && to - from > 3 && headless === 0, 'repeats the titles of the table on every page of it', [from, to, headless]);
  const whole = paper.join('');
  check(!/Show (more|the rest)/.test(whole) && [...Array(10).keys()].every((at) => whole.includes(`lane_0${at}`)), 'prints lists whole');
  check((await page.locator('tr.detail').count()) === 1 && (await page.locator('details.numbers[open]').count()) === 1, 'is as before behind a print');
  check(faults.length === 0, 'complains of nothing and asks for nothing', faults);
  await close();
}

// Printing lays the page out anew without telling observers of sizes: so does this, with the paper's width.
{
  const { page, faults, close } = await open(weekly, {}, 'window.ResizeObserver = class { observe() {} unobserve() {} disconnect() {} };');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 718, height: 1000 });
  const charts = await page.evaluate(() => [...document.querySelectorAll('.chart')].map((chart) => {
    const [place, canvas] = [chart.getBoundingClientRect(), chart.querySelector('canvas').getBoundingClientRect()];
    return [place.width, canvas.left - place.left, canvas.right - place.right].map(Math.round);
  }));
  check(charts.length === 15 && charts.every(([width, left, right]) => width > 200 && left === 0 && right === 0), 'prints charts to their ends', charts);
  check((await fits(page)) <= 0, 'fits its paper', await fits(page));
  if (screenshots) await page.screenshot({ path: join(screenshots, 'weekly-print.png'), fullPage: true });
  check(faults.length === 0, 'complains of nothing', faults);
  await close();
}

for (const colorScheme of ['light', 'dark']) {
  const { page, faults, close } = await open(weekly, { colorScheme });
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  check((Number(dark.match(/\d+/)[0]) < 128) === (colorScheme === 'dark'), `is ${colorScheme} as the system is`, dark);
  for (const opener of (await page.locator('#rows .opener').all()).slice(0, 6)) await opener.click();
  const [least, where] = await contrast(page);
  check(least >= 4.5, `keeps a contrast of 4.5 in ${colorScheme}`, [least, where]);
  await page.locator('#theme').click();
  if (colorScheme === 'light') await page.locator('#theme').click();
  const other = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  check(other !== dark, 'turns to the other theme', other);
  check(faults.length === 0, 'complains of nothing', faults);
  await close();
}

{
  const { page, faults, close } = await open(weekly, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  check((await fits(page)) <= 0, 'fits a phone', await fits(page));
  for (const opener of await page.locator('#rows .opener').all()) await opener.tap();
  check((await page.locator('tr.detail').count()) === 11 && (await fits(page)) <= 0, 'fits a phone with every detail open', await fits(page));
  await page.locator('#order').selectOption('failed');
  const numbers = (await texts(page, '#rows td.failed')).map((text) => parseInt(text, 10));
  check(numbers.join() === [...numbers].sort((a, b) => b - a).join(), 'sorts on a phone', numbers);
  check(faults.length === 0, 'complains of nothing on a phone', faults);
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    const [tables, cut, broken] = await page.evaluate(() => {
      const all = [...document.querySelectorAll('tr.detail table.small')];
      const isWithin = (table) => {
        const card = table.closest('.inside').getBoundingClientRect();
        const place = table.parentElement;
        const scrolls = getComputedStyle(place).overflowX === 'auto' || table.scrollWidth <= place.clientWidth;
        return scrolls && place.getBoundingClientRect().right <= card.right;
      };
      const levels = [...document.querySelectorAll('tr.detail td .level:not(.long)')];
      return [all.length, all.filter((table) => !isWithin(table)).length, levels.filter((level) => level.getClientRects().length > 1).length];
    });
    check(tables === 20 && cut === 0 && broken === 0, `keeps tables within their cards, seeds in one line at ${width} px`, [tables, cut, broken]);
  }
  await close();
}

console.log('hostile logs');
{
  const { page, faults, close } = await open(hostile);
  for (const opener of await page.locator('#rows .opener').all()) await opener.click();
  check((await page.locator('main img, main iframe, main script, main b.owned').count()) === 0, 'makes nothing of markup');
  check(await page.evaluate(() => window.owned === undefined), 'runs nothing');
  const text = await page.locator('#rows').innerText();
  check(text.includes('</script><script>window.owned=1</script>') && text.includes('<!--<script>') && text.includes('<img src=x onerror=window.owned=1>'), 'shows it as text', text.slice(0, 400));
  check(!/[\u202e\u2066\u0007\u001b\u00ad\u200b\u3164\u{e0041}]/u.test(text), 'shows nothing that is invisible');
  check(['202e', 'ad', '200b', 'e0041', '3164'].every((code) => text.includes(`\\u{${code}}`)), 'spells it out');
  const long = page.locator('#rows tr.line', { hasText: 'WWWWW' }).first();
  const lines = await long.evaluate((row) => [...row.querySelectorAll('.opener bdi, .what > .muted, .packet > bdi')].map((part) => part.clientHeight / parseFloat(getComputedStyle(part).lineHeight)));
  check(lines.length === 3 && lines.every((number) => number < 3.3), 'clamps long names', lines);
  check((await page.locator('tr.detail', { hasText: 'W'.repeat(900) }).count()) === 1, 'has them whole in the detail');
  const run = await long.locator('.last .clip').evaluate((place) => [place.title, place.clientHeight < 25, place.clientWidth < 170]);
  check(/^<img src=x onerror=window.owned=1> run-\d/.test(run[0]) && run[1] && run[2], 'keeps the id of a run in one line', run);
  check((await page.locator('a[href^="javascript:"], a[href^="http"]').count()) === 0, 'makes no link of a text');
  check((await fits(page)) <= 0, 'keeps long texts within the page', await fits(page));
  check(faults.length === 0, 'complains of nothing and asks for nothing', faults);
  await close();
}

console.log('10,000 incidents');
{
  const size = statSync(large).size;
  check(size < 5_000_000, 'is smaller than 5 MB', size);
  const begun = Date.now();
  const { page, faults, close } = await open(large);
  console.log(`      ${size} bytes, shown after ${Date.now() - begun} ms`);
  check(Date.now() - begun < 10_000, 'is there within 10 s');
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  check((await rows(page).count()) === 50 && elements < 8000, 'draws a page of rows only', elements);
  check(/10,000 incidents/.test(await page.locator('#count').innerText()), 'counts them all', await page.locator('#count').innerText());
  const took = await page.evaluate(() => { const from = performance.now(); document.querySelector('[data-sort=owner]').click(); return performance.now() - from; });
  check(took < 1000, `sorts them in ${Math.round(took)} ms`);
  await page.locator('#next').click();
  check(/Page 2 of 200/.test(await page.locator('#page').innerText()), 'turns pages', await page.locator('#page').innerText());
  const last = await page.evaluate(() => document.querySelector('#f-packet').options[1].value);
  await page.locator('#f-packet').selectOption(last);
  const shown = (await texts(page, '#rows td.packet')).every((text) => `=${text}` === last);
  check(shown, 'filters them');
  await page.locator('#clear').click();
  await page.locator('#q').fill('00777');
  await page.waitForFunction(() => / of 10,000/.test(document.querySelector('#count').textContent));
  check((await rows(page).count()) > 0, 'searches them');
  await page.locator('#rows .opener').first().click();
  check((await page.locator('tr.detail .strip .cell').count()) > 0, 'opens one of them');
  check((await fits(page)) <= 0, 'keeps within the page', await fits(page));
  check(faults.length === 0, 'complains of nothing and asks for nothing', faults);
  await close();
}

/** The number of a filter's value, as the filter says it. */
const option = (page, filter, value) => page.locator(`#f-${filter} option`).evaluateAll((options, wanted) => options.find((one) => one.value === wanted)?.textContent.match(/\(([^)]*)\)$/)[1], value);

console.log('10,000 incidents beside a baseline');
{
  const size = statSync(compared).size;
  check(size < 5_000_000, 'is smaller than 5 MB', size);
  const { page, faults, close } = await open(compared);
  const kinds = (await texts(page, '#since .kinds li')).map((text) => text.split(' '));
  let sum = 0;
  for (const [number, kind] of kinds) {
    const said = await option(page, 'change', `=${kind}`);
    check((said || '0') === number, `counts what is ${kind}`, [number, said]);
    sum += Number(number.replaceAll(',', ''));
  }
  check(sum === 10_000 && (await option(page, 'change', '=not compared')) === undefined, 'has compared them all', sum);
  const [[news]] = kinds;
  check(Number(news) > 500, 'has more that is new than its list', news);
  await page.locator('#f-change').selectOption('=new');
  check((await page.locator('#count').innerText()).startsWith(`${news} of 10,000 incidents`), 'filters what is new', await page.locator('#count').innerText());
  await page.locator('#size').selectOption('1000');
  check((await page.locator('#rows tr.line .tag', { hasText: 'new' }).count()) === Number(news), 'tags all of it');
  await page.locator('#rows .opener').last().click();
  check(/Since 2026-04-30: new\. .*./.test(await page.locator('tr.detail').innerText()), 'says why in the detail', await page.locator('tr.detail').innerText());
  check((await fits(page)) <= 0, 'keeps within the page', await fits(page));
  check(faults.length === 0, 'complains of nothing and asks for nothing', faults);
  await close();
}

console.log('more than a page can hold');
{
  const size = statSync(heavy).size;
  check(size < 5_000_000 && size > 4_000_000, 'is smaller than 5 MB, and not by much', size);
  const { page, faults, close } = await open(heavy);
  const held = (await page.locator('#left-out').innerText()).match(/^! This page holds ([\d,]+) of 1,500 incidents, what is new or worse first, then the gravest; /);
  check(held !== null, 'says what it holds', await page.locator('#left-out').innerText());
  check((await option(page, 'change', '=new')) === '400', 'holds all that is new', await option(page, 'change', '=new'));
  for (const kind of ['deterministic', 'flaky', 'unproven', 'resolved']) {
    const tile = page.locator(`.tile.${kind}`);
    const [number, here = number] = (await tile.innerText()).replace('none in', '0 in').match(/^\d+$|[\d,]+(?= in this page)/gm);
    await tile.click();
    await page.waitForFunction((wanted) => document.querySelector('#f-verdict').value === wanted, `kind=${kind}`);
    const text = await page.locator('#count').innerText();
    check(text.startsWith(`${here} of ${held && held[1]} incidents in this page, of 1,500 in all`), `filters by ${kind}, ${here} of ${number}`, text);
    const said = await option(page, 'verdict', `kind=${kind}`);
    check(said === (here === number ? number : `${here} of ${number}`), `counts ${kind}`, said);
    if (here === '0') check(/No incident in this page is of that kind/.test(await page.locator('#rows').innerText()), 'says that there is none', await page.locator('#rows').innerText());
  }
  check(faults.length === 0, 'complains of nothing and asks for nothing', faults);
  await close();
}

console.log('an outage that is over');
{
  const { page, faults, close } = await open(report('outage'));
  const lines = await texts(page, '#rows tr.line .what');
  check(lines.length === 4, 'is one row', lines);
  check(/^30 scenarios failed at once in run-10/.test(lines[3]) && /over/.test(lines[3]) && /dependency_cycle in all of them/.test(lines[3]), 'is the last row', lines);
  check(lines.filter((line) => line.includes('case_38')).map((line) => line.match(/strict|hardened/)?.[0]).sort().join() === 'hardened,strict', 'tells modes apart', lines);
  const news = await texts(page, '#since details:first-of-type li .what');
  check(news.length === 4 && /failed at once/.test(news[3]), 'is the last of what is new', news);
  await page.locator('#rows .opener').last().click();
  const member = page.locator('tr.detail .whole a').nth(3);
  const wanted = await member.innerText();
  await member.click();
  await page.waitForFunction((name) => [...document.querySelectorAll('#rows tr.open .opener')].some((one) => one.textContent === name), wanted);
  check(true, 'opens its incidents one by one');
  const said = await page.locator('tr.detail .command code').last().innerText();
  check(said.endsWith(` --from ${join(work, 'outage')}`), 'says where the explain command reads', said);
  check(faults.length === 0, 'complains of nothing and asks for nothing', faults);
  await close();
}

console.log('several branches');
{
  const { page, faults, close } = await open(report('branches'));
  const lines = await texts(page, '#rows tr.line .what');
  check(lines.length === 3 && lines.every((line) => /main|topic/.test(line)), 'names the branch in every row', lines);
  const counts = (await texts(page, '#rows td.failed')).map((text) => text.split('/').map(Number));
  check(counts.every(([failing, seen]) => failing <= seen && seen <= 16), 'counts the runs of one branch', counts);
  check((await page.locator('.owned, main b.owned').count()) === 0 && (await page.locator('h1 b').count()) === 0, 'keeps branches texts');
  check(faults.length === 0, 'complains of nothing and asks for nothing', faults);
  await close();
  const main = await open(report('main'));
  check(/^1 incident in 16 runs of branch main$/.test((await texts(main.page, 'h1'))[0]), 'says which one is judged', await texts(main.page, 'h1'));
  await main.close();
}

/** Clicks all that can be clicked, seen or not, twice, and chooses each value: what a script of a reader might do. */
const clickEverything = (page) => page.evaluate(async () => {
  const pause = () => new Promise((done) => { setTimeout(done); });
  let left = 400;
  for (let round = 0; round < 3; round += 1) {
    for (const control of [...document.querySelectorAll('button, summary, a[href^="#"], tr.line td')]) {
      if (!control.isConnected || left <= 0) continue;
      left -= round ? 1 : 0;
      control.click();
      await pause();
      control.click();
      await pause();
    }
    for (const select of document.querySelectorAll('select')) {
      for (const { value } of [...select.options].slice(0, 6)) {
        select.value = value;
        select.dispatchEvent(new Event('change', { bubbles: true }));
        await pause();
      }
    }
    for (const input of document.querySelectorAll('input')) {
      input.value = 'no such thing';
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await pause();
    }
    if (document.querySelector('#clear')) document.querySelector('#clear').click();
    await pause();
  }
});

console.log('what came back');
{
  const { page, faults, close } = await open(report('back'));
  const first = rows(page).first();
  check((await first.textContent()).includes('it_is_back'), 'stands first', await first.textContent());
  for (const [name, verdict, last, marked] of [
    ['it_is_back', 'relapsed', 'run-035 to run-041: 7 of 7 runs failed, after 20 runs away, not over', 12],
    ['it_went_again', 'recovered', 'run-035 to run-039: 5 of 5 runs failed, after 20 runs away', 10],
  ]) {
    const row = scenario(page, name);
    check((await row.locator('.verdict').textContent()).includes(verdict), `says that it ${verdict}`, await row.textContent());
    await row.locator('.opener').click();
    const detail = page.locator('tr.detail', { has: page.locator('.outages') }).last();
    const told = await detail.locator('.outages li').allTextContents();
    check(told.length === 2 && told[0].startsWith('run-010 to run-014: 5 of 5 runs failed, after 10 runs before it'), 'tells its first outage', told);
    check(told.length === 2 && told[1].startsWith(last), 'tells its last one', told);
    check((await detail.locator('.strip .cell.outage').count()) === marked, 'marks their runs', await detail.locator('.strip .cell.outage').count());
    await row.locator('.opener').click();
  }
  check(faults.length === 0, 'is quiet', faults);
  await close();
}

for (const name of ['clean', 'single', 'aside', 'outage', 'back', 'branches', 'main', 'weekly', 'hostile']) {
  const { page, faults, close } = await open(report(name));
  await clickEverything(page);
  // That copying is refused without a gesture is the browser's word, not the page's.
  const own = faults.filter((text) => !/clipboard/i.test(text));
  check(own.length === 0, `complains of nothing when all is clicked: ${name}`, own);
  await close();
}

await browser.close();
console.log(failed ? `${failed} checks do not hold` : 'all checks hold');
process.exit(failed ? 1 : 0);
