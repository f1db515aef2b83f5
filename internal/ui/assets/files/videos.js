// Sends a video in pieces (tus-js-client) over a connection that comes and goes.
// The plain form does the same for small files, in one go. How far it is, the
// server knows: nothing about the file is kept in the browser.

const box = document.getElementById('send');
const form = box.querySelector('form');
const input = form.querySelector('input[type=file]');
const shown = box.querySelector('.upload');
const bar = shown.querySelector('progress');
const says = shown.querySelector('.upload__says');
const pause = box.querySelector('[data-upload-pause]');
const set = box.dataset;

const piece = 8 << 20;  // bytes of one request
const waits = [300, 1000, 2000, 5000, 10000, ...Array(200).fill(15000)];  // ms between two tries

let upload;

/** Knows a file again without saying what it is called: its size and its two ends. */
async function markOf(file) {
  const ends = new Blob([String(file.size), file.slice(0, 1 << 16), file.slice(-(1 << 16))]);
  if (!crypto.subtle) return '';
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', await ends.arrayBuffer()));
  return [...sum.slice(0, 16)].map(b => b.toString(16).padStart(2, '0')).join('');
}

const mega = bytes => Math.ceil(bytes / 1048576);

function say(words) {
  if (says.textContent !== words) says.textContent = words;
}

function progress(sent, total) {
  bar.value = total ? 100 * sent / total : 0;
  const tenth = Math.floor(10 * sent / total) * 10;  // a screen reader hears ten times, not a thousand
  bar.dataset.sent = sent;
  bar.title = inWords('{} of {} MB', mega(sent), mega(total));
  say(inWords('{}% of {} MB sent. Keep this page open.', tenth, mega(total)));
}

/** What went wrong, in the server's words where it has some. */
function failed(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  let words = inWords('We cannot send it now. What has arrived is kept: try again later with the same file.');
  try { words = JSON.parse(error.originalResponse.getBody()).title; } catch { /* no words of its own */ }
  if (status === 401) words = inWords('You have been signed out. What has arrived is kept: sign in and choose the same file again.');
  say(words);
  shown.classList.add('upload--failed');
  pause.textContent = inWords('Try again');
  upload.paused = true;
}

async function send(file) {
  if (file.size > Number(set.uploadMost)) {
    shown.hidden = false;
    say(inWords('This file is larger than {} MB, which is the most here.', mega(set.uploadMost)));
    return;
  }
  const mark = await markOf(file);
  const same = set.uploadState === 'sending' && Number(set.uploadLength) === file.size && set.uploadMark === mark && mark !== '';
  const at = new URL(set.upload, location.href).href;
  upload = new tus.Upload(file, {
    endpoint: at, uploadUrl: same ? at : null, chunkSize: piece, retryDelays: waits,
    headers: { 'X-Form-Token': set.uploadToken }, metadata: { mark },
    storeFingerprintForResuming: false,
    onProgress: progress,
    onShouldRetry: error => {
      const status = error.originalResponse?.getStatus() ?? 0;
      const again = status < 400 || status === 409 || status >= 500;
      if (again) say(inWords('The connection is gone. We go on when it is back.'));
      return again;
    },
    onError: failed,
    onSuccess: () => { say(inWords('All of it has arrived.')); location.assign(location.pathname); },
  });
  form.hidden = true;
  shown.hidden = false;
  bar.value = 0;
  say(same ? inWords('Going on where it stopped.') : inWords('Beginning to send.'));
  upload.start();
}

form.addEventListener('submit', event => {
  const [file] = input.files;
  if (!file || file.size === 0) return;  // the server says what is the matter
  event.preventDefault();
  send(file);
});

pause.addEventListener('click', () => {
  if (upload.paused) {
    upload.start();
    say(inWords('Going on.'));
  } else {
    upload.abort();
    say(inWords('Paused. What has arrived is kept for two days.'));
  }
  upload.paused = !upload.paused;
  shown.classList.remove('upload--failed');
  pause.textContent = upload.paused ? inWords('Go on') : inWords('Pause');
});

addEventListener('beforeunload', event => {
  if (upload && !upload.paused && bar.value < 100) event.preventDefault();
});

box.querySelector('[data-upload-plain]').hidden = true;
