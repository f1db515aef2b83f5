#!/usr/bin/env bash
# Fetches the third-party files that the pages need, at pinned versions, and
# writes them where the Go build embeds them. A build never needs Node: run this
# only to move a version, look at the diff, and commit what it wrote.
#
#   .ci/vendor-assets.sh            fetch, trim, write, list in manifest.json
#
# Needs node 20+ and npm. Writes nothing outside the repository but one
# temporary folder, which it removes.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cd "$work"
cat > package.json <<'JSON'
{
  "private": true,
  "type": "module",
  "dependencies": {
    "@dicebear/core": "9.4.3",
    "@dicebear/thumbs": "9.4.3",
    "@iconify-json/fluent-emoji-flat": "1.2.6",
    "@zxcvbn-ts/language-common": "4.1.3",
    "axe-core": "4.14.1",
    "htmx.org": "4.0.1",
    "lucide-static": "1.62.0",
    "nhsuk-frontend": "10.6.1",
    "postcss": "8.5.6",
    "sass": "1.108.2",
    "tus-js-client": "4.3.1"
  }
}
JSON
npm install --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error

# nhsuk-frontend, only what the pages use. The settings are given colours that
# appear nowhere else; build.mjs turns each of them into a custom property of
# sharon.css, so that one sheet serves the light and the dark scheme.
cat > nhsuk.scss <<'SCSS'
@use "node_modules/nhsuk-frontend/dist/nhsuk/core/settings" with (
  $nhsuk-font-family: (arial, sans-serif),
  $nhsuk-include-default-font-face: false,
  $nhsuk-brand-colour: #005eb9,
  $nhsuk-text-colour: #212b31,
  $nhsuk-secondary-text-colour: #4c6271,
  $nhsuk-template-background-colour: #f0f4f7,
  $nhsuk-body-background-colour: #f0f4f6,
  $nhsuk-card-background-colour: #fffffe,
  $nhsuk-error-colour: #d5281a,
  $nhsuk-success-colour: #007f3a,
  $nhsuk-border-colour: #d8dde1,
  $nhsuk-border-hover-colour: #aeb7bc,
  $nhsuk-input-border-colour: #4c6270,
  $nhsuk-hover-colour: #aeb7be,
  $nhsuk-target-hover-colour: #e0e4e8,
  $nhsuk-input-background-colour: #fffffd,
  $nhsuk-code-colour: #d5281c,
  $nhsuk-link-colour: #005eb7,
  $nhsuk-link-visited-colour: #330071,
  $nhsuk-link-hover-colour: #7c2854,
  $nhsuk-link-active-colour: #002f5b,
  $nhsuk-button-colour: #7c2851,
  $nhsuk-button-text-colour: #fffffb,
  $nhsuk-button-hover-colour: #632044,
  $nhsuk-button-active-colour: #632045,
  $nhsuk-button-shadow-colour: #632046,
  $nhsuk-secondary-button-solid-background-colour: #fffff9,
  $nhsuk-secondary-button-border-colour: #7c2852,
  $nhsuk-secondary-button-text-colour: #7c2853,
  $nhsuk-secondary-button-hover-colour: #f8eef1,
  $nhsuk-secondary-button-active-colour: #f8eef2,
  $nhsuk-secondary-button-shadow-colour: #7c2856
);
@use "node_modules/nhsuk-frontend/dist/nhsuk/core";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/button";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/error-message";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/error-summary";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/fieldset";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/hint";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/label";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/checkboxes";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/input";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/radios";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/select";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/textarea";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/date-input";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/details";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/inset-text";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/notification-banner";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/summary-list";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/tables";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/tag";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/back-link";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/pagination";
@use "node_modules/nhsuk-frontend/dist/nhsuk/components/skip-link";
SCSS
npx --no-install sass --no-source-map --style=expanded --quiet nhsuk.scss nhsuk.css

cat > build.mjs <<'JS'
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import postcss from 'postcss';
import { createAvatar } from '@dicebear/core';
import * as thumbs from '@dicebear/thumbs';
import { dictionary } from '@zxcvbn-ts/language-common';

const root = process.argv[2];
const assets = 'internal/ui/assets';
const manifest = [];

function write(path, body, pkg, name) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), body);
  const meta = JSON.parse(readFileSync(`node_modules/${pkg}/package.json`));
  const licence = pkg === '@dicebear/thumbs' ? 'CC0-1.0 (drawings), MIT (code)' : meta.license;
  manifest.push({
    name, path, version: meta.version, licence, package: pkg,
    licenceText: `${assets}/licences/${licenceFile(pkg)}`,
    sha256: createHash('sha256').update(body).digest('hex'),
  });
}

function licenceFile(pkg) { return pkg.replace('@', '').replaceAll('/', '-') + '.txt'; }

// --- licences
rmSync(join(root, assets, 'licences'), { recursive: true, force: true });
mkdirSync(join(root, assets, 'licences'), { recursive: true });
for (const [pkg, file] of [
  ['htmx.org', 'LICENSE'], ['lucide-static', 'LICENSE'], ['@dicebear/thumbs', 'LICENSE'],
  ['@zxcvbn-ts/language-common', 'LICENSE.txt'], ['axe-core', 'LICENSE'], ['tus-js-client', 'LICENSE'],
]) copyFileSync(`node_modules/${pkg}/${file}`, join(root, assets, 'licences', licenceFile(pkg)));
// nhsuk-frontend's package carries no licence file, only the words in its
// package.json and README: the MIT licence, which is written out here.
const mit = readFileSync('node_modules/@zxcvbn-ts/language-common/LICENSE.txt', 'utf8');
const terms = mit.slice(mit.indexOf('Permission is hereby granted'));
if (JSON.parse(readFileSync('node_modules/nhsuk-frontend/package.json')).license !== 'MIT') throw new Error('nhsuk-frontend changed its licence');
writeFileSync(join(root, assets, 'licences', licenceFile('nhsuk-frontend')), `MIT License\n\nCopyright (c) NHS England and NHS.UK contributors\n\n${terms}`);

// The same for Fluent emoji, whose package holds the drawings and their maker's name.
const fluent = '@iconify-json/fluent-emoji-flat';
const drawn = JSON.parse(readFileSync(`node_modules/${fluent}/info.json`));
if (drawn.license.spdx !== 'MIT') throw new Error('Fluent emoji changed their licence');
writeFileSync(join(root, assets, 'licences', licenceFile(fluent)), `MIT License\n\nCopyright (c) ${drawn.author.name}\n\n${terms}`);

// --- htmx: without the pointer to its source map, which we do not ship, as tus below
const unmapped = path => readFileSync(`node_modules/${path}`, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
write(`${assets}/files/htmx.min.js`, unmapped('htmx.org/dist/htmx.min.js'), 'htmx.org', 'htmx');

// --- tus-js-client: uploads that can be cut and resumed
write(`${assets}/files/tus.min.js`, unmapped('tus-js-client/dist/tus.min.js'), 'tus-js-client', 'tus-js-client');

// --- nhsuk-frontend
const tokens = {
  '#005eb9': '--care', '#212b31': '--ink', '#4c6271': '--ink-soft', '#f0f4f7': '--wash', '#f0f4f6': '--wash',
  '#fffffe': '--paper', '#d5281a': '--danger-ink', '#007f3a': '--ok', '#d8dde1': '--line', '#aeb7bc': '--line-strong',
  '#4c6270': '--field-line', '#aeb7be': '--hover', '#e0e4e8': '--line', '#fffffd': '--field', '#d5281c': '--ink',
  '#005eb7': '--link', '#330071': '--link-visited', '#7c2854': '--link-hover', '#002f5b': '--link-hover',
  '#7c2851': '--accent', '#fffffb': '--on-accent', '#632044': '--accent-deep', '#632045': '--accent-deep',
  '#632046': '--accent-deep', '#fffff9': '--paper', '#7c2852': '--accent', '#7c2853': '--accent-ink',
  '#f8eef1': '--accent-wash', '#f8eef2': '--accent-wash', '#7c2856': '--accent',
};
const keepUtility = /nhsuk-u-(visually-hidden|nowrap|text-break-word|margin-(bottom|top)-\d$|font-size-(16|19)$|font-weight-bold|width-full|secondary-text-colour)/;
const unwanted = /--reverse|--login|--search|nhsuk-grid|nhsuk-card|nhsuk-main-wrapper--|nhsuk-width-container-|nhsuk-table-responsive|nhsuk-table__heading-tab|nhsuk-scroll|aria-sort|nhsuk-tables-panel|nhsuk-care-card|__upload|nhsuk-icon--(?!chevron|arrow|cross)|nhsuk-icon__|nhsuk-icon-|nhsuk-dynamic|nhsuk-body-lead--|dynamic-type|nhsuk-list-panel|nhsuk-typography-responsive|js-enabled|nhsuk-pagination__(?!list)/;
const sheet = postcss.parse(readFileSync('nhsuk.css', 'utf8'));
sheet.walkComments(c => c.remove());
sheet.walkAtRules('font-face', r => r.remove());
sheet.walkAtRules('charset', r => r.remove());
sheet.walkAtRules('media', r => {
  r.params = r.params.replace(/screen and \(forced-colors: active\),\s*\(-ms-high-contrast: active\)/, '(forced-colors: active)');
  if (/-ms-high-contrast|screen\\0|screen\0|screen\uFFFD|@media screen�/.test(r.params) || /[^\x20-\x7e]/.test(r.params)) r.remove();
});
sheet.walkRules(r => {
  if (r.parent.type === 'atrule' && /keyframes/.test(r.parent.name)) return;
  const keep = r.selectors.filter(s => !(unwanted.test(s) || (s.includes('nhsuk-u-') && !keepUtility.test(s))));
  if (keep.length === 0) return r.remove();
  // A link clicked with the mouse needs no yellow; one reached by key does.
  r.selectors = keep.map(s => s.replace(/^(a|\.nhsuk-link):focus\b(?!-)/, '$1:focus-visible'));
});
sheet.walkRules(/^:root$/, r => r.remove());      // the library's own properties: ours replace them
sheet.walkDecls(d => {
  if (/url\(/.test(d.value) && !/url\(["']?data:/.test(d.value)) return d.remove(); // icons we do not ship
  if (/^-(moz|ms|webkit)-(box-sizing|transform|transition|flex|column)/.test(d.prop)) return d.remove();
  if (/-ms-/.test(d.prop)) return d.remove();
  for (const [hex, name] of Object.entries(tokens)) d.value = d.value.replaceAll(hex, `var(${name})`);
});
// Neighbouring media blocks with the same condition say the same in fewer bytes.
let drop = true;
while (drop) {
  drop = false;
  sheet.walkRules(r => { if (r.nodes.length === 0) { r.remove(); drop = true; } });
  sheet.walkAtRules(a => { if (a.nodes && a.nodes.length === 0) { a.remove(); drop = true; } });
}
sheet.each(n => {
  let next = n.next();
  while (n.type === 'atrule' && n.name === 'media' && next?.type === 'atrule' && next.name === 'media' && next.params === n.params) {
    n.append(next.nodes); next.remove(); next = n.next();
  }
});
writeFileSync('trimmed.css', sheet.toString());
const { compile } = await import('sass');
let css = compile('trimmed.css', { style: 'compressed' }).css.replace(/^\uFEFF/, '');
if (/https?:|@import|@font-face|Frutiger/i.test(css)) throw new Error('nhsuk.css would load something remote');
const left = css.match(/#(?:212b31|4c627[01]|fffff[b-e9])/);
if (left) throw new Error(`colour left over: ${left}`);
write(`${assets}/files/nhsuk.css`, `/* nhsuk-frontend 10.6.1, MIT, trimmed and without fonts: see .ci/vendor-assets.sh */\n${css}\n`, 'nhsuk-frontend', 'nhsuk-frontend');

// --- lucide: one sprite
const icons = `activity archive arrow-left arrow-right ban bell bell-off bookmark building-2 calendar calendar-heart
chart-column check chevron-down chevron-left chevron-right chevron-up circle-alert circle-check circle-question-mark clock copy
corner-down-right corner-up-left door-open download ellipsis eye eye-off file-text filter flag flower-2 gift globe hand
hand-heart headphones heart history hourglass house image info key-round library life-buoy link list lock lock-open
log-in log-out mail menu message-circle message-square-plus message-square-text messages-square moon notebook-pen
pencil phone pin pin-off plus quote search send settings shield shield-check sliders-horizontal smartphone smile
sparkles sprout star star-off stethoscope sun tag target toggle-left toggle-right trash-2 triangle-alert undo-2
user-round user-round-check user-round-plus user-round-x users-round video x`.split(/\s+/);
const symbols = icons.map(name => {
  const inner = readFileSync(`node_modules/lucide-static/icons/${name}.svg`, 'utf8')
    .replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[\s\S]*?>/, '').replace(/<\/svg>\s*$/, '')
    .replace(/\s*\n\s*/g, '').replace(/ \/>/g, '/>');
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
});
write(`${assets}/files/icons.svg`,
  `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`, 'lucide-static', 'lucide');

// --- avatars: forty faces that never change. Softer grounds than the
// collection's own, so that they sit well on white and on the dark card.
const grounds = ['bfe3ee', 'f6d7b8', 'd9e8c4', 'e5d3ee', 'f7cdd0', 'fbe9a9', 'c9d6f2', 'cfe9dd'];
const shapes = ['1c799f', '0a5b83', 'c8643a', '4f7a3a', '7b4f9d', 'b04a6c', '2f7d73', '8a5a2b'];
const smiles = thumbs.schema.properties.mouth.items.enum.filter(m => m !== 'variant5');
for (let i = 0; i < 40; i++) {
  const id = String(i + 1).padStart(2, '0');
  const ground = grounds[(i * 3 + Math.floor(i / 8)) % grounds.length];
  const shape = shapes[(i * 5 + Math.floor(i / 8) * 3) % shapes.length];
  let svg = createAvatar(thumbs, {
    seed: `sharon-${id}`, backgroundColor: [ground], shapeColor: [shape],
    eyesColor: ['ffffff'], mouthColor: ['ffffff'], mouth: smiles,
    faceOffsetX: [-7, 7], faceOffsetY: [-4, 8], scale: 92,
  }).toString();
  svg = svg.replace(/<metadata[\s\S]*?<\/metadata>/, '')
    .replace(/<mask id="viewboxMask">[\s\S]*?<\/mask>/, '').replace(/<g mask="url\(#viewboxMask\)">([\s\S]*)<\/g>(?=<\/svg>)/, '$1')
    .replace(' shape-rendering="auto"', '').replace(/ x="0" y="0"/, '').replace(/ \/>/g, '/>').replace(/#ffffff/g, '#fff');
  if (svg.length > 1200) throw new Error(`avatar ${id} is ${svg.length} bytes`);
  write(`${assets}/files/avatars/${id}.svg`, svg + '\n', '@dicebear/thumbs', `avatar ${id}`);
}

// --- gifts: flat drawings, which stay small and sharp; package gifts names them
const gifts = `wrapped-gift baby-bottle teddy-bear socks yarn bed hot-beverage teapot cookie cupcake shortcake
birthday-cake strawberry honey-pot bouquet sunflower tulip rose cherry-blossom potted-plant seedling
four-leaf-clover sun-with-face rainbow crescent-moon glowing-star sparkles red-heart heart-with-ribbon hugging-face
hedgehog owl duck butterfly balloon kite candle umbrella scarf books headphone puzzle-piece artist-palette`.split(/\s+/);
const emoji = JSON.parse(readFileSync(`node_modules/${fluent}/icons.json`));
for (const name of gifts) {
  const { body } = emoji.icons[name];
  if (body.length > 2500) throw new Error(`gift ${name} is ${body.length} bytes`);
  write(`${assets}/files/gifts/${name}.svg`, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${emoji.width} ${emoji.height}">${body}</svg>\n`, fluent, `gift ${name}`);
}

// --- passwords that everybody tries first
const words = dictionary['passwords-common'];
const common = [...new Set([...words].map(String)
  .map(w => w.toLowerCase()).filter(w => w.length >= 8 && /^[\x21-\x7e]+$/.test(w)))].sort();
write('tenants/passwords/common.txt', common.join('\n') + '\n', '@zxcvbn-ts/language-common', 'common passwords');

// --- axe-core, for tests only
write('internal/testkit/axe/axe.min.js', readFileSync('node_modules/axe-core/axe.min.js'), 'axe-core', 'axe-core');

manifest.sort((a, b) => a.path < b.path ? -1 : 1);
writeFileSync(join(root, assets, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');
console.log(`${manifest.length} files, ${common.length} passwords, ${icons.length} icons, nhsuk.css ${css.length} bytes`);
JS
node build.mjs "$root"
