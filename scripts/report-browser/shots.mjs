// Takes pictures of a report: node shots.mjs CHROMIUM REPORT.html FOLDER NAME
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const [executablePath, report, folder, name] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
for (const [suffix, options] of [
  ['light', { viewport: { width: 1280, height: 860 }, colorScheme: 'light' }],
  ['dark', { viewport: { width: 1280, height: 860 }, colorScheme: 'dark' }],
  ['phone', { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
]) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(pathToFileURL(report).href);
  await page.waitForSelector('html[data-ready]');
  await page.screenshot({ path: join(folder, `${name}-${suffix}.png`) });
  const opener = page.locator('#rows .opener').first();
  if (await opener.count()) await opener.click();
  // Charts are drawn as they come near.
  for (let at = 0; at < 12; at += 1) {
    await page.mouse.wheel(0, 700);
    await page.waitForTimeout(60);
  }
  await page.screenshot({ path: join(folder, `${name}-${suffix}-whole.png`), fullPage: true });
}
await browser.close();
