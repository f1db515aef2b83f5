// What signing in needs of a browser, when its owner presses the button:
//
//   <form …><input type="hidden" name="credential">
//     <button type="button" data-passkey="WHERE TO ASK" data-into="credential" hidden>…</button>
//     <p role="status"></p></form>
//
// <a data-go> is followed and <form data-send> is sent as soon as the page is there.

const able = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

for (const button of document.querySelectorAll('button[data-passkey]')) button.hidden = !able;

document.addEventListener('click', async e => {
  const button = e.target.closest?.('button[data-passkey]');
  if (!button || button.ariaDisabled === 'true') return;
  const says = button.parentElement.querySelector('[role=status]');
  says.textContent = '';
  if (!button.form.reportValidity()) return;
  button.ariaDisabled = 'true';
  try {
    const asked = await ask(button.dataset.passkey);
    if (asked.code === 'proof_needed') location.assign(`/account/confirm?next=${encodeURIComponent(location.pathname)}`);
    if (!asked.options) {
      says.textContent = asked.title;
      return;
    }
    button.form.elements[button.dataset.into].value = JSON.stringify(await answer(asked.options));
    button.form.requestSubmit();
  } catch {
    says.textContent = inWords('No passkey was used. You can try again, or choose another way.');
  } finally {
    button.ariaDisabled = null;
  }
});

async function ask(path) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  return (await fetch(path, { method: 'POST', headers, body: '{}' })).json();
}

async function answer({ publicKey }) {
  const { credentials } = navigator;
  if (publicKey.user) return credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  return credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
}

const link = document.querySelector('a[data-go]');
if (link) location.replace(link.href);
document.querySelector('form[data-send]')?.requestSubmit();

for (const button of document.querySelectorAll('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
