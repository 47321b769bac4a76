// The page in a real Chromium: search, drill down, brush, open, back, hostile content, a phone's width.
// node run.mjs PROGRAM CORPUS SCRATCH [PICTURES]; CHROMIUM names the browser.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [program, corpus, scratch, pictures] = process.argv.slice(2);
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

const hostile = join(scratch, "hostile");
mkdirSync(hostile, { recursive: true });
writeFileSync(join(hostile, "markup.txt"),
  "Title: Hostile <img src=x onerror=\"document.title='broken'\"> headline\nDate: 2024-05-06\n\n"
  + "The hostile words <script>document.title='broken'</script> stand in a quiet story about gardens.\n");
writeFileSync(join(hostile, "bidi.txt"),
  "Title: Hostile \u202Etxet desrever\nDate: 2024-05-07\n\nA hostile line with a right-to-left override.\n");
const location = join(scratch, "index");
execFileSync(program, ["index", corpus, hostile, "--index", location], { stdio: ["ignore", "ignore", "ignore"] });

const server = spawn(program, ["serve", "--index", location, "--port", "0", "--now", "2026-06-01"], { stdio: ["ignore", "pipe", "ignore"] });
const base = await new Promise((resolve, reject) => {
  server.stdout.once("data", (data) => resolve(String(data).trim().replace(/\/$/, "")));
  server.once("exit", () => reject(new Error("the server ended")));
});

const context = await chromium.launchPersistentContext(mkdtempSync(join(scratch, "profile-")), {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: FLAGS,
  viewport: { width: 1200, height: 800 },
});

const tests = [];
const test = (name, run) => tests.push({ name, run });
function equal(found, expected, what) {
  if (found !== expected) throw new Error(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}
function holds(condition, what) {
  if (!condition) throw new Error(what);
}

let complaints = [];
async function page(address = "/", width = 1200) {
  const opened = await context.newPage();
  await opened.setViewportSize({ width, height: width > 500 ? 800 : 740 });
  opened.on("pageerror", (error) => complaints.push(error.message));
  opened.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
  opened.on("request", (request) => { if (!request.url().startsWith(base)) complaints.push(`asks ${request.url()}`); });
  await opened.goto(base + address);
  await opened.waitForSelector("#results > li, #notes .note, #article h2");
  return opened;
}
async function picture(opened, name) {
  if (pictures) await opened.screenshot({ path: join(pictures, `${name}.png`) });
}
const text = (opened, selector) => opened.locator(selector).first().innerText();
const params = (opened) => new URL(opened.url()).searchParams;
async function total(opened) {
  return Number((await text(opened, "#count")).match(/(\d[\d,]*) stor/)?.[1].replace(",", ""));
}
async function search(opened, words) {
  await opened.fill("#q", words);
  await opened.waitForURL((url) => url.searchParams.get("q") === words);
  await opened.waitForFunction(() => !document.querySelector("#results.waiting"));
}

test("typing_searches_and_marks_what_matched", async () => {
  const opened = await page();
  await search(opened, "kestrel dam");
  await opened.waitForSelector("#results mark");
  const marked = await opened.locator("#results mark").allInnerTexts();
  holds(marked.every((word) => /kestrel|dam/i.test(word)), `marked ${marked}`);
  holds(await total(opened) > 3, "stories are counted");
  await opened.waitForSelector("#chart .bar");
  await opened.waitForSelector("#lists button[data-field=person]");
  await opened.locator("#q").blur();
  await picture(opened, "page-search");
  return opened;
});

test("only_the_last_of_quick_questions_is_shown", async () => {
  const opened = await page();
  let held = 0;
  await opened.route("**/api/search?**", async (route) => {
    // The first question is answered last.
    if (new URL(route.request().url()).searchParams.get("q") === "nissan") {
      held += 1;
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    await route.continue().catch(() => {});
  });
  await search(opened, "kestrel");
  await opened.fill("#q", "nissan");
  await opened.waitForURL(/q=nissan/);
  await opened.fill("#q", "vexalin");
  await opened.waitForURL(/q=vexalin/);
  await opened.waitForTimeout(1200);
  equal(held, 1, "questions that were held");
  const all = (await text(opened, "#results")).toLowerCase();
  holds(all.includes("vexalin") && !all.includes("nissan"), "a stale answer is shown");
  return opened;
});

test("a_facet_narrows_and_its_chip_widens_again", async () => {
  const opened = await page("/?q=kestrel+dam");
  const before = await total(opened);
  const facet = opened.locator("#lists button[data-field=person]").first();
  await facet.waitFor();
  const name = await facet.locator("span").first().innerText();
  const count = Number(await facet.locator(".n").innerText());
  await facet.click();
  await opened.waitForFunction((n) => document.querySelector("#count").textContent.startsWith(`${n} stor`), count);
  holds(count < before, `${count} of ${before}`);
  equal(params(opened).get("person"), name, "the address");
  await opened.locator("#chips button").first().click();
  await opened.waitForFunction((n) => document.querySelector("#count").textContent.startsWith(`${n} stor`), before);
  equal(params(opened).get("person"), null, "the address");
  return opened;
});

test("brushing_with_the_mouse_narrows_days_of_publication", async () => {
  const opened = await page("/?q=kestrel+dam");
  await opened.waitForSelector("#chart .bar");
  const before = await total(opened);
  const box = await opened.locator("#chart").boundingBox();
  await opened.mouse.move(box.x + 2, box.y + 40);
  await opened.mouse.down();
  await opened.mouse.move(box.x + box.width * 0.2, box.y + 40, { steps: 4 });
  await opened.mouse.up();
  await opened.waitForURL(/from=\d{4}-\d\d-\d\d/);
  await opened.waitForFunction((n) => !document.querySelector("#count").textContent.startsWith(`${n} stor`), before);
  const [from, to] = [params(opened).get("from"), params(opened).get("to")];
  holds(from <= to, `${from} to ${to}`);
  const shown = await opened.locator("#results time").evaluateAll((all) => all.map((time) => time.dateTime));
  holds(shown.length > 0 && shown.every((date) => date >= from && date <= to), `${shown} in ${from}..${to}`);
  return opened;
});

test("brushing_with_keys_narrows_days_spoken_of", async () => {
  const opened = await page("/?q=kestrel+dam");
  await opened.click("#axis-mentioned");
  await opened.waitForSelector("#chart .bar");
  await opened.waitForTimeout(400);
  await opened.focus("#chart");
  await opened.keyboard.press("Home");
  await opened.keyboard.press("Shift+End");
  const value = await opened.getAttribute("#chart", "aria-valuetext");
  holds(/ to .*: \d/.test(value), `the range is told: ${value}`);
  await opened.keyboard.press("Enter");
  await opened.waitForURL(/about=\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d/);
  equal(await opened.locator("#chips button").count(), 1, "chips");
  return opened;
});

test("an_article_opens_with_matches_names_dates_and_background_and_back_leads_back", async () => {
  const opened = await page("/?q=kestrel+dam");
  await opened.waitForSelector("#lists button[data-field=person]");
  const title = await text(opened, "#results h2 a");
  await opened.locator("#results h2 a").first().click();
  await opened.waitForSelector("#article h2");
  equal(await text(opened, "#article h2"), title, "the title");
  for (const part of ["mark", ".name.person", ".date"]) {
    holds(await opened.locator(`#article ${part}`).count() > 0, `no ${part} in the article`);
  }
  await opened.waitForSelector("#background li");
  await opened.evaluate(() => window.scrollTo(0, 0));
  await picture(opened, "page-article");
  await opened.goBack();
  await opened.waitForSelector("#results:visible li");
  equal(params(opened).get("article"), null, "the address");
  await opened.goForward();
  await opened.waitForSelector("#article:visible h2");
  await opened.keyboard.press("Escape");
  await opened.waitForSelector("#results:visible li");
  return opened;
});

test("results_are_one_step_from_a_background_article", async () => {
  const opened = await page("/?q=kestrel+dam");
  await opened.locator("#results h2 a").first().click();
  const title = await text(opened, "#background li a");
  await opened.locator("#background li a").first().click();
  await opened.waitForFunction((t) => document.querySelector("#article h2")?.innerText === t, title);
  await opened.click("#back");
  await opened.waitForSelector("#results:visible li");
  equal(params(opened).get("q"), "kestrel dam", "the query");
  return opened;
});

test("a_shared_address_shows_the_same", async () => {
  const opened = await page("/?q=kestrel+dam&from=2023&source=The+Harbour+Post&sort=oldest");
  equal(await opened.inputValue("#q"), "kestrel dam", "the box");
  equal(await opened.inputValue("#sort"), "oldest", "the order");
  equal(await opened.locator("#chips button").count(), 2, "chips");
  const shown = await opened.locator("#results time").evaluateAll((all) => all.map((time) => time.dateTime));
  equal(shown.join(), shown.toSorted().join(), "the order of dates");
  holds(shown[0] >= "2023", shown[0]);
  return opened;
});

test("keys_alone_lead_through", async () => {
  const opened = await page("/?q=kestrel+dam");
  await opened.keyboard.press("/");
  equal(await opened.evaluate(() => document.activeElement.id), "q", "the focus after /");
  await opened.keyboard.press("Enter");
  await opened.keyboard.press("j");
  await opened.keyboard.press("j");
  await opened.keyboard.press("k");
  await opened.keyboard.press("j");
  equal(await opened.getAttribute("#results > li:nth-child(2)", "aria-current"), "true", "the second result");
  await opened.keyboard.press("Enter");
  await opened.waitForSelector("#article:visible h2");
  await opened.keyboard.press("Escape");
  await opened.waitForSelector("#results:visible li");
  equal(await opened.getAttribute("#results > li:nth-child(2)", "aria-current"), "true", "the place kept");
  return opened;
});

test("markup_in_articles_is_shown_and_never_run", async () => {
  const opened = await page("/?q=hostile");
  const list = await text(opened, "#results");
  holds(list.includes("<img src=x onerror="), `the headline as it is: ${list}`);
  equal(await opened.locator("#results img, #results script").count(), 0, "elements made of text");
  await opened.locator("#results a", { hasText: "<img" }).first().click();
  await opened.waitForSelector("#article h2");
  holds((await text(opened, "#article")).includes("<script>"), "the text as it is");
  equal(await opened.locator("#article img, #article script").count(), 0, "elements made of text");
  holds(!(await opened.title()).startsWith("broken"), "script of an article ran");
  return opened;
});

test("notes_and_errors_say_what_is_wrong", async () => {
  const opened = await page("/?q=kestrel+flod&match=all");
  holds(/did you mean/i.test(await text(opened, "#notes")), await text(opened, "#notes"));
  const wrong = await page("/?q=dam+date:nonsense");
  holds((await text(wrong, "#notes .error")).includes("nonsense"), "the error names it");
  equal(await wrong.locator("#notes .caret").count(), 1, "the place is marked");
  complaints = complaints.filter((said) => !said.includes("400"));
  await wrong.close();
  return opened;
});

test("other_scripts_have_their_direction_and_language", async () => {
  const opened = await page("/?q=lang:ar");
  await opened.locator("#results h2 a").first().click();
  await opened.waitForSelector("#article p");
  const shown = await opened.locator("#article div p").first().evaluate((p) => [getComputedStyle(p).direction, p.closest("[lang]").lang]);
  equal(shown.join(), "rtl,ar", "direction and language");
  return opened;
});

for (const address of ["/", "/?q=kestrel+dam", "/?q=kestrel+dam&article=post%2Finquiry-opens.md", "/?q=lang:ja", "/?q=dam+date:nonsense"]) {
  test(`nothing_is_wider_than_a_phone ${address}`, async () => {
    const opened = await page(address, 360);
    await opened.waitForTimeout(300);
    const width = await opened.evaluate(() => document.documentElement.scrollWidth);
    holds(width <= 360, `${width} pixels`);
    if (address.includes("article")) await picture(opened, "phone-article");
    else if (address.endsWith("dam")) await picture(opened, "phone-search");
    complaints = complaints.filter((said) => !said.includes("400"));
    return opened;
  });
}

/** WCAG 2.2's contrast of two colours "rgb(r, g, b)". */
const contrast = (opened) => opened.evaluate(() => {
  const luminance = (color) => {
    const [r, g, b] = color.match(/[\d.]+/g).map(Number).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (!/, 0\)$|transparent/.test(color)) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const low = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest("svg, noscript, .hidden, .skip")) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)} ${element.textContent.slice(0, 20)}`);
  }
  return low;
});
for (const scheme of ["light", "dark"]) {
  test(`all_text_has_the_contrast_of_wcag_aa ${scheme}`, async () => {
    const opened = await page("/?q=kestrel+dam&place=Thornwick");
    await opened.emulateMedia({ colorScheme: scheme });
    await opened.waitForSelector("#lists button[data-field=person]");
    await opened.keyboard.press("j");
    equal((await contrast(opened)).join("; "), "", "below 4.5");
    if (scheme === "dark") await picture(opened, "dark-search");
    await opened.locator("#results h2 a").first().click();
    await opened.waitForSelector("#background li");
    equal((await contrast(opened)).join("; "), "", "below 4.5");
    return opened;
  });
}

test("every_control_has_a_name", async () => {
  const opened = await page("/?q=kestrel+dam&place=Thornwick");
  await opened.waitForSelector("#lists button[data-field=person]");
  const nameless = await opened.evaluate(() => [...document.querySelectorAll("button, input, select, a, [role=slider]")]
    .filter((element) => !(element.getAttribute("aria-label") || element.textContent.trim() || element.labels?.length))
    .map((element) => element.outerHTML));
  equal(nameless.join(), "", "without a name");
  equal(await opened.getAttribute("#count", "aria-live"), "polite", "the count is announced");
  return opened;
});

/** axe-core's rules of WCAG 2.0 to 2.2, A and AA, with its good practices. */
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
async function violations(opened) {
  const found = await opened.evaluate(async (source) => {
    // Evaluated by the driver: the page's own policy would refuse it.
    (0, eval)(source);
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    return (await window.axe.run(document, { runOnly: tags })).violations;
  }, axe);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" ")}`);
}
for (const [name, address, width] of [
  ["the start", "/", 1200], ["results", "/?q=kestrel+dam&place=Thornwick", 1200], ["a phone", "/?q=kestrel+dam", 360],
  ["an article", "/?q=kestrel+dam&article=post%2Finquiry-opens.md", 1200], ["nothing found", "/?q=kestrel+flod&match=all", 1200],
  ["another script", "/?q=lang:ar", 1200], ["days spoken of", "/?q=dam&axis=mentioned", 1200],
]) {
  for (const scheme of ["light", "dark"]) {
    test(`axe_finds_nothing_against_wcag_aa ${name}, ${scheme}`, async () => {
      const opened = await page(address, width);
      await opened.emulateMedia({ colorScheme: scheme });
      await opened.waitForTimeout(600);
      equal((await violations(opened)).join("; "), "", "violations");
      return opened;
    });
  }
}

let failed = 0;
for (const { name, run } of tests) {
  complaints = [];
  try {
    const opened = await run();
    await opened.close();
    if (complaints.length) throw new Error(`the browser complains: ${complaints.join("; ")}`);
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.message}`);
    for (const left of context.pages().slice(1)) await left.close();
  }
}
await context.close();
server.kill();
console.log(`${tests.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
