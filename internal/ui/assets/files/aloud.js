// Reads the page, or one post of it, aloud in Easy Read. It uses a voice that is on
// this device, in English, and none that would send the words anywhere: where there
// is none, there is no button. Nothing is kept.

const speech = window.speechSynthesis;
const parts = '.post, .reply, .bubble, .contact';
const unsaid = '.aloud, .acts, .menu, .nhsuk-u-visually-hidden, .crumbs, script, style, [hidden], [aria-hidden="true"]';
const blocks = 'p, li, h1, h2, h3, h4, dt, dd, legend, label, summary, blockquote, button, a.btn, a.door, .nhsuk-hint, .post__name, option';

let voice, reading;

/** The voice to read with: local, British if there is one. */
function choose() {
  const local = speech.getVoices().filter(v => v.localService && /^en\b/i.test(v.lang));
  return local.find(v => /^en[-_]GB/i.test(v.lang)) ?? local[0];
}

/** What is seen of a part, a sentence for each block. */
function wordsOf(part) {
  const said = [];
  const walk = node => {
    if (node.nodeType === Node.TEXT_NODE) { said.push(node.data); return; }
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(unsaid) || !node.checkVisibility()) return;
    if (node.matches('img[alt]') && node.alt) said.push(`\n${node.alt}\n`);
    if (node.matches('select, textarea')) return;
    const block = node.matches(blocks);
    if (block) said.push('\n');
    node.childNodes.forEach(walk);
    if (block) said.push('\n');
  };
  walk(part);
  return said.join('').split('\n').map(line => line.replace(/\s+/g, ' ').trim()).filter(line => /[\p{L}\p{N}]/u.test(line));
}

function stop() {
  speech.cancel();
  if (!reading) return;
  reading.button.setAttribute('aria-pressed', 'false');
  reading.button.lastChild.textContent = reading.name;
  reading = null;
}

function start(button, part) {
  const name = button.lastChild.textContent;
  const lines = wordsOf(part);
  if (lines.length === 0) return;
  reading = { button, name };
  button.setAttribute('aria-pressed', 'true');
  button.lastChild.textContent = 'Stop';
  const mine = reading;
  lines.forEach((line, i) => {
    const words = new SpeechSynthesisUtterance(line);
    words.voice = voice;
    words.lang = voice.lang;
    words.rate = 0.9;
    const over = () => { if (reading === mine) stop(); };
    if (i === lines.length - 1) words.onend = over;
    words.onerror = over;
    speech.speak(words);
  });
}

function button(name, part, className) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = className;
  made.setAttribute('aria-pressed', 'false');
  const sprite = document.querySelector('svg.icon use')?.getAttribute('href')?.split('#')[0];
  if (sprite) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', `${sprite}#headphones`);
    svg.append(use);
    made.append(svg);
  }
  made.append(document.createTextNode(name));
  made.addEventListener('click', () => {
    const again = reading?.button === made;
    stop();
    if (!again) start(made, part);
  });
  return made;
}

/** Puts the buttons where there are none yet. */
function prepare() {
  const main = document.querySelector('main');
  if (!main || !voice) return;
  if (!main.querySelector(':scope > .aloud')) main.prepend(button('Listen to this page', main, 'aloud'));
  for (const part of main.querySelectorAll(parts)) {
    if (part.querySelector(':scope > .aloud')) continue;
    const acts = part.querySelector(':scope > .acts');
    const made = button('Listen', part, 'aloud aloud--part');
    if (acts) acts.before(made); else part.append(made);
  }
}

function begin() {
  voice = choose();
  prepare();
}

if (speech) {
  begin();
  speech.addEventListener?.('voiceschanged', begin); // some browsers know their voices only later
  for (const name of ['htmx:after:swap', 'live:shown']) document.addEventListener(name, prepare);
  addEventListener('pagehide', stop);
}
