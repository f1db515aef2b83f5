// Subscribes this browser to notices, when its owner presses the button:
//
//   <form method="post" action="…">                     (ui.Form, with its token)
//     <input type="hidden" name="endpoint"> … name="p256dh"> … name="auth">
//     <button type="button" data-push="OUR PUBLIC KEY" hidden>…</button>
//     <p role="status"></p>
//   </form>
//
// The button shows itself where the browser can. The form goes its usual way.

const able = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

for (const button of document.querySelectorAll('button[data-push]')) button.hidden = !able;

document.addEventListener('click', async e => {
  const button = e.target.closest?.('button[data-push]');
  if (!button || button.ariaDisabled === 'true') return;
  const says = button.form.querySelector('[role=status]');
  says.textContent = '';
  button.ariaDisabled = 'true';
  try {
    // Before anything is awaited: browsers ask only while the press is fresh.
    if (await Notification.requestPermission() !== 'granted') {
      says.textContent = inWords('Your browser is set not to show notices from this site. You can change that in its settings.');
      return;
    }
    const { endpoint, keys } = await subscribe(button.dataset.push);
    Object.entries({ endpoint, ...keys }).forEach(([name, value]) => {
      const field = button.form.elements[name];
      if (field) field.value = value;
    });
    button.form.requestSubmit();
  } catch {
    says.textContent = inWords('Your browser could not be set up for notices. Please try again later.');
  } finally {
    button.ariaDisabled = null;
  }
});

async function subscribe(key) {
  await navigator.serviceWorker.register('/worker.js');
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return (await pushManager.subscribe(options)).toJSON();
  } catch (problem) {
    // Subscribed with a key that is ours no more.
    const old = await pushManager.getSubscription();
    if (!old) throw problem;
    await old.unsubscribe();
    return (await pushManager.subscribe(options)).toJSON();
  }
}
