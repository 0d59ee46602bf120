// A list of a hundred thousand messages, and 500 a second live: the page neither grows nor stops.
export const title = "Very many messages";

const all = 100_000, mostRows = 90, mostGrowth = 30e6;
const row = (arrival) => ({ arrival, received: "2026-11-30T08:00:01.204Z", listener: "mllp:2575", sender: "lab-north", message_type: "ORU^R01",
  control_id: "C-" + arrival, kind: "message", answer: "AA", state: "accepted", size: 900, fates: { mapped: 40, set_aside: 3, unmapped: 0 } });

/** In the page itself: five hundred answers by the driver would be most of the time. */
const answerMessages = (page) => page.evaluate(({ all, base }) => {
  const real = window.fetch;
  const row = (arrival) => ({ ...base, arrival, control_id: "C-" + arrival });
  window.fetch = (url, init) => {
    if (!/^\/admin\/v1\/messages\?/.test(url)) return real(url, init);
    const from = Number(new URLSearchParams(url.split("?")[1]).get("after") ?? all), count = Math.min(200, from);
    const items = Array.from({ length: count }, (_, at) => row(from - at));
    return Promise.resolve(new Response(JSON.stringify({ items, ...(from > 200 ? { next: String(from - 200) } : {}) })));
  };
}, { all, base: row(1) });

/** Frames over half a minute at 60 a second come every 17 ms; what is longer than `most` was seen to stand still. */
const watchFrames = (page) => page.evaluate(() => {
  window.slowest = 0;
  let last = performance.now();
  const frame = (now) => { window.slowest = Math.max(window.slowest, now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
});

async function heap(desk) {
  const session = await desk.context.newCDPSession(desk.page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

async function listed(desk) {
  const { page } = desk;
  await answerMessages(page);
  await desk.goTo("Messages");
  await page.locator("main tbody tr", { hasText: "C-100000" }).waitFor();
  const before = await heap(desk);
  await page.evaluate(async (rows) => {
    const box = document.querySelector(".endless"), over = () => document.querySelector("main").textContent.includes(`${rows} rows, all there is`);
    for (let turn = 0; turn < 5000 && !over(); turn++) {
      box.scrollTop = box.scrollHeight;
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 5)));
    }
  }, all.toLocaleString("en"));
  await page.getByText("100,000 rows, all there is.").waitFor();
  await page.locator("main tbody tr", { hasText: "C-1" }).last().waitFor();
  desk.expect("few rows stand in the page", await page.locator("main tbody tr").count() < mostRows);
  const grown = await heap(desk) - before;
  desk.expect(`the memory did not grow with the list: ${grown} bytes`, grown < mostGrowth);
  await page.evaluate(() => { document.querySelector(".endless").scrollTop = 0; });
  await page.locator("main tbody tr", { hasText: "C-100000" }).waitFor();
}

/** 500 messages a second, told as the gateway tells them: once a second, 200 of them and that there are more. */
async function live(desk) {
  const { page } = desk;
  await page.evaluate(() => {
    window.made = [];
    window.EventSource = class extends EventTarget {
      constructor() { super(); window.made.push(this); }
      close() {}
    };
    window.EventSource.CLOSED = 2;
  });
  await desk.goTo("Live");
  await page.waitForFunction(() => window.made.length === 1);
  await watchFrames(page);
  const before = await heap(desk);
  await page.evaluate(async ({ rows, base }) => {
    for (let turn = 0; turn < 60; turn++) {   // a minute of it, faster than it comes
      const items = Array.from({ length: rows }, (_, at) => ({ ...base, arrival: turn * 500 + at + 1, control_id: `L-${turn}-${at}` }));
      window.made[0].dispatchEvent(new MessageEvent("arrivals", { data: JSON.stringify({ items, more: true }) }));
      await new Promise((done) => setTimeout(done, 100));
    }
  }, { rows: 200, base: row(1) });
  await page.locator("main tbody tr", { hasText: "L-59-0" }).first().waitFor();
  desk.expect("the list is bounded", await page.locator("main tbody tr").count() <= 200);
  const grown = await heap(desk) - before;
  desk.expect(`the memory did not grow with what came: ${grown} bytes`, grown < mostGrowth);
  const slowest = await page.evaluate(() => window.slowest);
  desk.expect(`no frame took long: ${slowest} ms`, slowest < 1000);
}

export async function play(desk, { operator }) {
  await desk.open();
  await desk.accept(operator);
  await desk.step("A hundred thousand messages, scrolled through to the last.", () => listed(desk));
  await desk.step("What a minute of 500 messages a second leaves in the page.", () => live(desk));
}
