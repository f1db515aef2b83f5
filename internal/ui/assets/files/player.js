// Buttons beside the browser's own player, which works without them, and on the
// page of captions one that takes the time from it.

const film = document.querySelector('.player video');

if (film) {
  for (const more of document.querySelectorAll('.player__more')) more.hidden = false;
  for (const button of document.querySelectorAll('[data-skip]')) {
    button.addEventListener('click', () => { film.currentTime = Math.max(0, film.currentTime + Number(button.dataset.skip)); });
  }
}

const words = document.querySelector('[data-captions] textarea[name=captions]');
const tools = document.querySelector('[data-captions-tools]');

const stamp = at => `${Math.floor(at / 60)}:${(at % 60).toFixed(1).padStart(4, '0')}`;

if (film && words && tools) {
  tools.hidden = false;
  tools.querySelector('[data-captions-add]').addEventListener('click', () => {
    const from = film.currentTime;
    const to = Math.min(from + 4, film.duration || from + 4);
    const above = words.value.trimEnd() || 'WEBVTT';
    words.value = `${above}\n\n${stamp(from)} --> ${stamp(Math.max(to, from + 0.5))}\n`;
    words.focus();
    words.setSelectionRange(words.value.length, words.value.length);
  });
}
