// Offers names while somebody types @… in a field with data-names, the address that
// knows who may read what is being written. Without this the name is typed whole.

let box, field, people = [], at = -1, asked = 0;

const typed = t => /(?:^|[^\w@/.-])@([A-Za-z0-9-]*)$/.exec(t.value.slice(0, t.selectionStart));

function close() {
  asked++;
  at = -1;
  people = [];
  box?.remove();
  box = undefined;
  for (const name of ['aria-controls', 'aria-activedescendant', 'aria-autocomplete']) field?.removeAttribute(name);
  field = undefined;
}

function choose(i) {
  const t = field, found = typed(t);
  if (!found || !people[i]) return close();
  const start = t.selectionStart - found[1].length;
  t.setRangeText(people[i].key + ' ', start, t.selectionStart, 'end');
  close();
  t.dispatchEvent(new Event('input', { bubbles: true }));
  close();
  t.focus();
}

function mark(i) {
  at = (i + people.length) % people.length;
  [...box.children].forEach((item, n) => item.setAttribute('aria-selected', String(n === at)));
  field.setAttribute('aria-activedescendant', box.children[at].id);
  box.children[at].scrollIntoView({ block: 'nearest' });
}

function show(t, found) {
  close();
  if (found.length === 0) return;
  field = t;
  people = found;
  box = document.createElement('ul');
  box.className = 'names';
  box.id = 'names';
  box.setAttribute('role', 'listbox');
  box.setAttribute('aria-label', inWords('People to name'));
  found.forEach((person, i) => {
    const item = document.createElement('li');
    item.id = `names-${i}`;
    item.setAttribute('role', 'option');
    item.setAttribute('aria-selected', 'false');
    item.textContent = person.handle;
    item.addEventListener('mousedown', e => { e.preventDefault(); choose(i); });
    box.append(item);
  });
  t.after(box);
  t.setAttribute('aria-autocomplete', 'list');
  t.setAttribute('aria-controls', 'names');
  mark(0);
}

document.addEventListener('input', async e => {
  const t = e.target;
  if (!(t instanceof HTMLTextAreaElement) || t.dataset.names === undefined) return;
  const found = typed(t);
  if (!found) return close();
  const mine = ++asked;
  const url = new URL(t.dataset.names, location.href);
  url.searchParams.set('q', found[1]);
  try {
    const answer = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
    if (!answer.ok || mine !== asked) return;
    const list = (await answer.json()).people ?? [];
    if (mine !== asked || document.activeElement !== t) return;
    show(t, list.map(p => ({ handle: p.handle, key: p.handle.trim().replace(/[ -]+/g, '-') })));
  } catch {
    close(); // no connection: the name can be typed
  }
});

document.addEventListener('keydown', e => {
  if (!box || e.target !== field) return;
  const act = { ArrowDown: () => mark(at + 1), ArrowUp: () => mark(at - 1), Enter: () => choose(at), Tab: () => choose(at), Escape: close }[e.key];
  if (!act || e.key === 'Enter' && (e.ctrlKey || e.metaKey)) return;
  e.preventDefault();
  e.stopPropagation();
  act();
}, true);

document.addEventListener('focusout', e => { if (e.target === field) close(); });
