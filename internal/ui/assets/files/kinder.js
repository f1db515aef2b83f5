// Offers kinder words for figures while somebody types in a form with data-kinder,
// the address that knows them. Without this the form asks once when it is sent.

const timers = new WeakMap();

for (const button of document.querySelectorAll('[data-kinder-use]')) button.hidden = false;

async function look(form) {
  const field = form.elements.body, box = form.querySelector('[data-kinder-offer]');
  if (!/\d/.test(field.value)) { box.hidden = true; return; }
  const typed = field.value;
  const answer = await fetch(form.dataset.kinder, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify({ body: typed }),
  }).catch(() => undefined);
  if (!answer?.ok || field.value !== typed) return;
  const { kinder, why } = await answer.json();
  box.hidden = !kinder;
  if (!kinder) return;
  box.querySelector('[data-kinder-why]').textContent = why;
  box.querySelector('[data-kinder-words]').textContent = kinder;
}

document.addEventListener('input', e => {
  const form = e.target.name === 'body' ? e.target.form : null;
  if (!form?.dataset.kinder) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(look, 600, form));
});

document.addEventListener('click', e => {
  const button = e.target.closest?.('[data-kinder-use]');
  if (!button) return;
  const field = button.form.elements.body, box = button.closest('[data-kinder-offer]');
  field.value = box.querySelector('[data-kinder-words]').textContent;
  box.hidden = true;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
});
