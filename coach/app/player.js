// Buttons that play the one audio element of the page: a whole transcript, or a few moments.
// Everything shown comes in `data` and is set with textContent only.

const TICK_MS = 60;
const LEAD_S = 0.05; // a word's start is rarely exact: begin a little before it

function audioOf(selector) {
  return document.querySelector(selector);
}

function play(selector, start, end) {
  const audio = audioOf(selector);
  if (!audio) return;
  if (end === null) delete audio.dataset.stopAt;
  else audio.dataset.stopAt = String(end);
  audio.currentTime = Math.max(0, start - LEAD_S);
  const started = audio.play();
  if (started) started.catch(() => {});
}

function stopWhenDone(audio) {
  const stopAt = Number(audio.dataset.stopAt);
  if (!audio.dataset.stopAt || audio.paused || audio.currentTime < stopAt) return;
  if (audio.currentTime < stopAt + 0.5) audio.pause();
  delete audio.dataset.stopAt;
}

function button(item, className) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = item.text;
  element.setAttribute("aria-label", item.label);
  element.title = item.label;
  return element;
}

function legend(entries) {
  const list = document.createElement("ul");
  list.className = "legend";
  list.setAttribute("aria-label", "What the marks mean");
  for (const entry of entries) {
    const row = document.createElement("li");
    const mark = document.createElement("span");
    mark.className = `mark ${entry.mark}`;
    mark.setAttribute("aria-hidden", "true");
    mark.textContent = entry.sample;
    row.append(mark, ` ${entry.text}`);
    list.append(row);
  }
  return list;
}

// One tab stop for the whole text; the arrow keys walk in it, as in a toolbar.
function roving(box, elements, marked) {
  let at = 0;
  const go = (index) => {
    if (index === undefined || index < 0 || index >= elements.length) return;
    elements[at].tabIndex = -1;
    at = index;
    elements[at].tabIndex = 0;
    elements[at].focus();
  };
  elements.forEach((element, index) => {
    element.tabIndex = index === 0 ? 0 : -1;
    element.addEventListener("focus", () => {
      elements[at].tabIndex = -1;
      at = index;
      element.tabIndex = 0;
    });
  });
  box.addEventListener("keydown", (event) => {
    const target = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: marked.find((index) => index > at),
      ArrowUp: marked.findLast((index) => index < at),
      Home: 0,
      End: elements.length - 1,
    };
    if (!(event.key in target)) return;
    event.preventDefault();
    go(target[event.key]);
  });
}

function transcript(root, data) {
  const box = document.createElement("div");
  box.className = "transcript";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", data.name);
  const elements = data.items.map((item) => {
    const element = button(item, item.mark ? `mark ${item.mark}` : "word");
    element.addEventListener("click", () => play(data.player, item.start, null));
    box.append(element, " ");
    return element;
  });
  const marked = data.items.flatMap((item, index) => (item.mark ? [index] : []));
  if (elements.length) roving(box, elements, marked);
  root.append(legend(data.legend), box);

  let current = -1;
  return (audio) => {
    const now = audio.paused && audio.currentTime === 0 ? -1 : audio.currentTime + LEAD_S;
    let low = 0;
    let high = data.items.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (data.items[middle].start <= now) low = middle + 1;
      else high = middle - 1;
    }
    if (high === current) return;
    if (current >= 0) elements[current].removeAttribute("aria-current");
    current = high;
    if (current < 0) return;
    const element = elements[current];
    element.setAttribute("aria-current", "true");
    if (audio.paused) return;
    const above = element.offsetTop - box.offsetTop - box.scrollTop;
    if (above < 0 || above > box.clientHeight - 2 * element.offsetHeight)
      box.scrollTop = element.offsetTop - box.offsetTop - box.clientHeight / 3;
  };
}

function moments(root, data) {
  const row = document.createElement("div");
  row.className = "moments";
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", data.name);
  for (const item of data.items) {
    const element = button(item, "moment");
    element.addEventListener("click", () => play(data.player, item.start, item.end));
    row.append(element);
  }
  root.append(row);
  return () => {};
}

// The stretches of an answer as one bar, each as wide as its share. Without a time there is nothing to play.
function course(root, data) {
  const bar = document.createElement("div");
  bar.className = "course";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", data.name);
  const elements = data.items.map((item) => {
    const element = button(item, `stretch ${item.mark}`);
    element.style.flexGrow = item.share;
    element.disabled = item.start === null;
    element.addEventListener("click", () => play(data.player, item.start, item.end));
    bar.append(element);
    return element;
  });
  if (elements.length) roving(bar, elements, []);
  root.append(bar, legend(data.legend));
  return () => {};
}

const VIEWS = { transcript, moments, course };

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".root");
  const signature = JSON.stringify(data);
  if (root.dataset.signature !== signature) {
    root.dataset.signature = signature;
    root.replaceChildren();
    root.follow = VIEWS[data.view](root, data);
  }
  clearInterval(root.timer);
  root.timer = setInterval(() => {
    const audio = audioOf(data.player);
    if (!audio) return;
    stopWhenDone(audio);
    root.follow(audio);
  }, TICK_MS);
  return () => clearInterval(root.timer);
}
