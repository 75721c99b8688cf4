// Drives a headless Chromium over reports and holds them to what they promise. Prints each check; exits with 1 when one
// does not hold.
//
//   node check.mjs CHROMIUM WEEKLY.html HOSTILE.html LARGE.html [SCREENSHOTS]
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import { statSync } from 'node:fs';
import { join } from 'node:path';

const [executablePath, weekly, hostile, large, screenshots] = process.argv.slice(2);
let failed = 0;

function check(holds, what, seen = '') {
  console.log(`${holds ? 'ok  ' : 'FAIL'}  ${what}${holds || seen === '' ? '' : `: ${JSON.stringify(seen)}`}`);
  if (!holds) failed += 1;
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });

/** A page with a report, and all that it complains of or asks for. */
async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const page = await context.newPage();
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
  check((await page.locator('#since').count()) === 1 && (await page.locator('main > section').nth(1).getAttribute('id')) === 'since', 'begins with what changed since last week');
  check(/new/.test(await page.locator('#since').innerText()), 'names what is new');

  const planted = scenario(page, 'backward_order/strict:grown_graph');
  check(/regressed/.test(await planted.innerText()) && /deterministic/.test(await planted.innerText()), 'shows the planted regression', await planted.innerText());
  await planted.locator('button.opener').click();
  const detail = page.locator('#rows tr.detail');
  check((await detail.count()) === 1, 'opens a detail');
  check((await detail.locator('.strip .cell').count()) === 12, 'has a mark for each of its runs');
  check((await detail.locator('.strip .cell.change').count()) === 1, 'marks its changepoint');
  check(/changed from 0 % to 100 % at run-07/.test(await detail.innerText()), 'says where the rate changed');
  check((await detail.locator('table.small').count()) === 2, 'has tables of environments and seeds');
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
  check((await page.locator('#runs table tbody tr').count()) === 12, 'has the chart as numbers');
  check((await page.locator('#benchmarks canvas').count()) + (await page.locator('#benchmarks .lane').count()) > 0, 'draws benchmark series');
  const pdf = await page.pdf({ format: 'A4' });
  check(pdf.length > 40_000, 'prints', pdf.length);
  check(faults.length === 0, 'complains of nothing and asks for nothing', faults);
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
  check(!/[\u202e\u2066\u0007\u001b]/.test(text) && text.includes('\\u{202e}'), 'spells out what is invisible');
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

await browser.close();
console.log(failed ? `${failed} checks do not hold` : 'all checks hold');
process.exit(failed ? 1 : 0);
