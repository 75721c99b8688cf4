// Takes pictures of a report: node screens.mjs CHROMIUM REPORT.html FOLDER NAME KIND..
// KIND: light, dark, phone, print, or open, which opens the first row.
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const [executablePath, report, folder, name, ...kinds] = process.argv.slice(2);
const desk = { viewport: { width: 1280, height: 860 }, colorScheme: 'light' };
const options = {
  light: desk,
  dark: { ...desk, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  print: { ...desk, viewport: { width: 794, height: 1123 } },
  open: desk,
};
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
for (const kind of kinds) {
  const page = await (await browser.newContext(options[kind])).newPage();
  if (kind === 'print') await page.emulateMedia({ media: 'print' });
  await page.goto(pathToFileURL(report).href);
  await page.waitForSelector('html[data-ready]');
  if (kind === 'open') {
    const opener = page.locator('#rows .opener').first();
    await opener.click();
    await opener.scrollIntoViewIfNeeded();
    await opener.evaluate((row) => row.scrollIntoView({ block: 'start' }));
    await page.waitForTimeout(300);
  }
  await page.screenshot({ path: join(folder, `${name}-${kind}.png`) });
}
await browser.close();
