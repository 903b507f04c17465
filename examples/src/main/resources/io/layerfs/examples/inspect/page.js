
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const count = data.names.length;
  const parents = Int32Array.from(data.parents);
  const KINDS = {A: 'added', C: 'changed', M: 'metadata', D: 'removed'};
  const WORDS = {A: 'added', C: 'changed', M: 'only metadata changed', D: 'removed'};
  const $ = id => document.getElementById(id);

  /** An element with a class, text and children. */
  function make(tag, className, text, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined && text !== null) element.textContent = text;
    element.append(...children);
    return element;
  }

  function bytes(n) {
    if (n < 1000) return n + ' B';
    let at = -1;
    while (n >= 999.5) { n /= 1000; at++; }
    return n.toFixed(n < 99.5 ? 1 : 0) + ' ' + 'kMGTPE'[at] + 'B';
  }

  const number = n => n.toLocaleString('en');
  const plural = (n, word) => number(n) + ' ' + word + (n === 1 ? '' : 's');
  const percent = (part, whole) => whole > 0 ? (100 * part / whole).toFixed(1) + ' %' : '0 %';
  const colour = layer => 'c' + layer % 8;

  /** Calls back with index, name's number, kind, whether a directory, bytes, and what hides it. */
  function each(layer, visit) {
    let node = 0;
    for (let i = 0; i < layer.n.length; i++) {
      node += layer.n[i];
      const letter = layer.k[i];
      const kind = letter.toUpperCase();
      visit(i, node, kind, kind !== letter, layer.s[i], layer.h[i]);
    }
  }

  // The names in each directory, one behind the other: those of d are from first[d] to before first[d + 1].
  const first = new Int32Array(count + 1);
  for (let i = 1; i < count; i++) first[parents[i] + 1]++;
  for (let i = 0; i < count; i++) first[i + 1] += first[i];
  const children = new Int32Array(Math.max(count - 1, 0));
  const filled = first.slice();
  for (let i = 1; i < count; i++) children[filled[parents[i]]++] = i;

  function path(node) {
    const names = [];
    for (let at = node; at > 0; at = parents[at]) names.push(data.names[at]);
    return '/' + names.reverse().join('/');
  }

  /** What is shown of the whole image (-1) or of one layer: for each name its bytes and files, below it too, and its kind. */
  function select(which) {
    const shown = {
      which, size: new Float64Array(count), files: new Int32Array(count), layer: new Int16Array(count).fill(-1),
      kind: new Array(count), present: new Uint8Array(count), directory: new Uint8Array(count), biggest: new Float64Array(count)
    };
    const take = (node, kind, directory, size, layer) => {
      shown.size[node] = kind === 'D' ? 0 : size;
      shown.biggest[node] = shown.size[node];
      shown.files[node] = directory || kind === 'D' ? 0 : 1;
      shown.layer[node] = layer;
      shown.kind[node] = kind;
      shown.present[node] = 1;
      shown.directory[node] = directory ? 1 : 0;
    };
    if (which >= 0) {
      each(data.layers[which], (i, node, kind, directory, size) => take(node, kind, directory, size, which));
    } else {
      data.layers.forEach((layer, l) => {
        const others = new Map();
        for (let i = 0; i < layer.x.length; i += 2) others.set(layer.x[i], layer.x[i + 1]);
        each(layer, (i, node, kind, directory, size, hidden) => {
          if (hidden === 0 && kind !== 'D') take(node, kind, directory, others.has(i) ? others.get(i) : size, l);
        });
      });
    }
    for (let i = count - 1; i > 0; i--) {
      if (!shown.present[i]) continue;
      const up = parents[i];
      shown.present[up] = 1;
      if (first[up] < first[up + 1]) shown.directory[up] = 1;
      shown.size[up] += shown.size[i];
      shown.files[up] += shown.files[i];
      if (shown.biggest[i] > shown.biggest[up]) {
        shown.biggest[up] = shown.biggest[i];
        shown.leader = shown.leader || new Int16Array(count).fill(-1);
        shown.leader[up] = shown.leader[i] >= 0 ? shown.leader[i] : shown.layer[i];
      }
    }
    shown.directory[0] = 1;
    return shown;
  }

  const leader = node => {
    const l = shown.leader && shown.leader[node] >= 0 ? shown.leader[node] : shown.layer[node];
    return Math.max(l, 0);
  };

  const listed = node => {
    const names = [];
    for (let i = first[node]; i < first[node + 1]; i++) if (shown.present[children[i]]) names.push(children[i]);
    return names;
  };

  let shown;
  let zoom = 0;

  // ---- header

  function header() {
    const image = data.image;
    $('title').textContent = image.title;
    $('platform').textContent = [image.platform, ...image.tags.filter(t => t !== image.title), image.digest.slice(0, 19)].join(' · ');
    const size = data.layers.reduce((sum, l) => sum + l.size, 0);
    const stored = data.layers.reduce((sum, l) => sum + (l.compressed || l.size), 0);
    const wasted = data.layers.reduce((sum, l) => sum + l.wasted, 0);
    const all = select(-1);
    const figure = (name, value, note) => {
      const dd = make('dd', '', value);
      if (note) dd.append(make('div', 'note', note));
      $('figures').append(make('div', '', null, make('dt', '', name), dd));
    };
    figure('Size', bytes(size), stored < size ? bytes(stored) + ' compressed' : 'of all tars');
    figure('Layers', String(data.layers.length), plural(data.history.length, 'step') + ' of history');
    figure('Files', number(all.files[0]), bytes(all.size[0]) + ' are seen');
    figure('Wasted', bytes(wasted), percent(wasted, size) + ' of the size');
  }

  // ---- layers

  function layers() {
    const largest = Math.max(1, ...data.layers.map(l => l.size));
    data.layers.forEach((layer, l) => {
      const counts = {A: 0, C: 0, M: 0, D: 0};
      const sums = {A: 0, C: 0, M: 0, D: 0};
      each(layer, (i, node, kind, directory, size) => {
        if (!(kind === 'M' && directory)) counts[kind]++;
        sums[kind] += size;
      });
      const chips = make('span', 'chips');
      for (const kind of 'ACMD') {
        if (counts[kind]) {
          const sign = kind === 'D' ? '−' : '';
          chips.append(make('span', 'chip ' + KINDS[kind], number(counts[kind]) + ' ' + WORDS[kind]
              + (sums[kind] ? ' · ' + sign + bytes(sums[kind]) : '')));
        }
      }
      if (layer.wasted) chips.append(make('span', 'chip wasted', bytes(layer.wasted) + ' wasted'));
      if (layer.compressed) chips.append(make('span', 'quiet', bytes(layer.compressed) + ' compressed'));
      chips.append(make('span', 'quiet mono', layer.diffId.slice(0, 19)));
      const live = make('i', 'live');
      live.style.width = 100 * Math.max(0, layer.size - layer.wasted) / largest + '%';
      const dead = make('i', 'dead');
      dead.style.width = 100 * layer.wasted / largest + '%';
      const button = make('button', 'layer', null,
          make('span', 'number ' + colour(l), l),
          make('span', 'command', layer.command || 'The history tells no command.'),
          make('span', 'size', bytes(layer.size)),
          make('span', 'bar', null, live, dead), chips);
      button.type = 'button';
      button.setAttribute('aria-pressed', 'false');
      button.title = layer.diffId;
      button.addEventListener('click', () => choose(shown.which === l ? -1 : l));
      $('layers').append(make('li', '', null, button));
    });
  }

  function choose(which) {
    shown = select(which);
    zoom = 0;
    document.querySelectorAll('.layer').forEach((b, i) => b.setAttribute('aria-pressed', String(i === which)));
    $('tree-note').textContent = which < 0
        ? 'What is seen of the whole image; the number tells which layer it comes from.'
        : 'What layer ' + which + ' says: ' + plural(data.layers[which].n.length, 'path') + '.';
    tree();
    map();
  }

  // ---- tree

  const CHUNK = 200;

  function bySizeThenName(names) {
    return names.sort((a, b) => shown.directory[b] - shown.directory[a] || shown.size[b] - shown.size[a] || a - b);
  }

  function row(node) {
    const directory = shown.directory[node] && listed(node).length > 0;
    const line = make(directory ? 'button' : 'div', 'row' + (directory ? ' directory' : ''), null,
        make('span', 'twist', directory ? '▸' : ''),
        make('span', 'path', data.names[node] + (shown.directory[node] ? '/' : '')));
    const kind = shown.kind[node];
    if (shown.which >= 0) {
      line.append(kind ? make('span', 'chip ' + KINDS[kind], kind === 'M' ? 'metadata' : WORDS[kind]) : make('span'));
      if (kind === 'D') line.classList.add('gone');
    } else {
      const l = shown.layer[node];
      const chip = l >= 0 ? make('span', 'chip ' + colour(l), l) : make('span');
      if (l >= 0) chip.title = 'of layer ' + l;
      line.append(chip);
    }
    line.append(make('span', 'size', shown.size[node] ? bytes(shown.size[node]) : ''));
    const item = make('li', '', null, line);
    item.dataset.node = node;
    if (directory) {
      line.type = 'button';
      line.setAttribute('aria-expanded', 'false');
      line.addEventListener('click', () => toggle(item, node));
    }
    return item;
  }

  function toggle(item, node, open) {
    const line = item.firstChild;
    const opens = open === undefined ? item.children.length === 1 : open;
    line.setAttribute('aria-expanded', String(opens));
    line.firstChild.textContent = opens ? '▾' : '▸';
    if (opens && item.children.length === 1) {
      const list = make('ul');
      fill(list, bySizeThenName(listed(node)), 0);
      item.append(list);
    } else if (!opens && item.children.length > 1) {
      item.lastChild.remove();
    }
  }

  function fill(list, names, from, upTo) {
    const end = Math.max(Math.min(from + CHUNK, names.length), upTo === undefined ? 0 : upTo + 1);
    for (let i = from; i < end; i++) list.append(row(names[i]));
    if (end < names.length) {
      const more = make('button', 'more', number(names.length - end) + ' more');
      more.type = 'button';
      more.addEventListener('click', () => { more.parentNode.remove(); fill(list, names, end); });
      list.append(make('li', '', null, more));
    }
  }

  function tree() {
    $('tree').replaceChildren();
    fill($('tree'), bySizeThenName(listed(0)), 0);
    if (!$('tree').children.length) $('tree').append(make('li', 'quiet', 'Nothing: this layer changes no file.'));
  }

  /** Opens the tree down to a name, and the map at its directory. */
  function reveal(node, which) {
    if (shown.which !== which) choose(which);
    const way = [];
    for (let at = node; at > 0; at = parents[at]) way.unshift(at);
    let list = $('tree');
    let item = null;
    for (const at of way) {
      item = [...list.children].find(i => i.dataset.node === String(at));
      if (!item) {
        const names = bySizeThenName(listed(parents[at]));
        list.replaceChildren();
        fill(list, names, 0, names.indexOf(at));
        item = [...list.children].find(i => i.dataset.node === String(at));
      }
      if (!item) return;
      if (at !== node) {
        toggle(item, at, true);
        list = item.lastChild;
      }
    }
    document.querySelectorAll('.found').forEach(e => e.classList.remove('found'));
    item.firstChild.classList.add('found');
    const box = $('tree').getBoundingClientRect();
    $('tree').scrollTop += item.getBoundingClientRect().top - box.top - box.height / 3;
    zoomTo(shown.directory[node] ? node : parents[node]);
    document.querySelector('.pair').scrollIntoView({block: 'nearest'});
  }

  // ---- map

  /** Squarified treemap (Bruls, Huizing, van Wijk): rows of tiles along the shorter side, as square as they can be. */
  function squarify(items, x, y, width, height, place) {
    let total = items.reduce((sum, i) => sum + shown.size[i], 0);
    let at = 0;
    while (at < items.length && total > 0 && width > 1 && height > 1) {
      const side = Math.min(width, height);
      const scale = width * height / total;
      let sum = 0;
      let end = at;
      let worst = Infinity;
      while (end < items.length) {
        const next = sum + shown.size[items[end]];
        const breadth = next * scale / side;
        const ratio = Math.max(aspect(shown.size[items[at]], scale, breadth), aspect(shown.size[items[end]], scale, breadth));
        if (ratio > worst) break;
        worst = ratio;
        sum = next;
        end++;
      }
      const breadth = sum * scale / side;
      let along = 0;
      for (; at < end; at++) {
        const length = shown.size[items[at]] * scale / breadth;
        if (width >= height) place(items[at], x, y + along, breadth, length);
        else place(items[at], x + along, y, length, breadth);
        along += length;
      }
      if (width >= height) { x += breadth; width -= breadth; } else { y += breadth; height -= breadth; }
      total -= sum;
    }
  }

  function aspect(size, scale, breadth) {
    const length = size * scale / breadth;
    return Math.max(length / breadth, breadth / length);
  }

  const HEAD = 20;

  function tiles(node, x, y, width, height, depth) {
    const names = listed(node).filter(n => shown.size[n] > 0).sort((a, b) => shown.size[b] - shown.size[a]);
    squarify(names, x, y, width, height, (n, left, top, w, h) => {
      if (w < 3 || h < 3) return;
      const opens = shown.directory[n] && depth < 3 && w > 54 && h > 44;
      tile(n, left, top, w, h, opens);
      if (opens) tiles(n, left + 3, top + HEAD, w - 6, h - HEAD - 3, depth + 1);
    });
  }

  function tile(node, x, y, width, height, frame) {
    const label = data.names[node] + (shown.directory[node] ? '/' : '');
    const element = make('button', 'tile ' + (frame ? 'frame' : colour(leader(node))));
    element.type = 'button';
    element.style.left = x + 'px';
    element.style.top = y + 'px';
    element.style.width = width + 'px';
    element.style.height = height + 'px';
    const told = path(node) + ', ' + bytes(shown.size[node]) + (shown.directory[node] ? ', ' + plural(shown.files[node], 'file') : '')
        + (frame ? '' : ', layer ' + leader(node));
    element.setAttribute('aria-label', told);
    element.title = told;
    if (width > 34 && height > 18) {
      element.append(make('span', '', label));
      if (!frame && height > 36 && width > 56) element.append(make('span', '', bytes(shown.size[node])));
    } else {
      element.classList.add('bare');
    }
    element.addEventListener('click', () => shown.directory[node] ? zoomTo(node, true) : reveal(node, shown.which));
    element.addEventListener('focus', () => { $('map-note').textContent = told; });
    element.addEventListener('mouseenter', () => { $('map-note').textContent = told; });
    $('map').append(element);
  }

  function zoomTo(node, focus) {
    zoom = node;
    map();
    if (focus) {
      const target = $('map').querySelector('.tile') || $('crumbs').lastChild;
      target.focus();
    }
  }

  function map() {
    const box = $('map');
    box.replaceChildren();
    $('crumbs').replaceChildren();
    const way = [];
    for (let at = zoom; at > 0; at = parents[at]) way.unshift(at);
    for (const at of [0, ...way]) {
      const crumb = make('button', '', at ? data.names[at] + '/' : '/');
      crumb.type = 'button';
      if (at === zoom) crumb.setAttribute('aria-current', 'true');
      crumb.addEventListener('click', () => zoomTo(at));
      $('crumbs').append(crumb);
    }
    if (shown.size[zoom] > 0) tiles(zoom, 0, 0, box.clientWidth, box.clientHeight, 0);
    else box.append(make('p', 'quiet', 'No bytes here.'));
    const scope = shown.which < 0 ? 'the whole image' : 'layer ' + shown.which;
    $('map-note').textContent = bytes(shown.size[zoom]) + ' in ' + plural(shown.files[zoom], 'file') + ' of ' + scope
        + (zoom ? '; Escape leads up' : '; a directory opens when it is chosen; colours are layers');
  }

  $('map').addEventListener('keydown', e => {
    if (e.key === 'Escape' && zoom) zoomTo(parents[zoom], true);
  });

  // ---- waste

  function waste() {
    const items = [];
    data.layers.forEach((layer, l) => each(layer, (i, node, kind, directory, size, hidden) => {
      if (hidden > 0 && size > 0 && kind !== 'D') items.push([size, node, l, hidden]);
    }));
    items.sort((a, b) => b[0] - a[0]);
    const total = items.reduce((sum, i) => sum + i[0], 0);
    $('waste-note').textContent = items.length
        ? bytes(total) + ' in ' + plural(items.length, 'file') + ' are stored by a layer, and replaced or removed by one above.'
        : 'None: every byte that a layer stores is seen.';
    const show = from => {
      for (const [size, node, l, hidden] of items.slice(from, from + 25)) {
        const name = make('button', 'link path', path(node));
        name.type = 'button';
        name.addEventListener('click', () => reveal(node, l));
        $('waste').append(make('li', '', null, name, make('span', 'end', null,
            make('span', 'chip ' + colour(l), 'stored by ' + l), make('span', 'chip ' + colour(hidden), 'hidden by ' + hidden),
            make('span', 'size', bytes(size)))));
      }
      if (from + 25 < items.length) {
        const more = make('button', 'more', number(items.length - from - 25) + ' more');
        more.type = 'button';
        more.addEventListener('click', () => { more.parentNode.remove(); show(from + 25); });
        $('waste').append(make('li', '', null, more));
      }
    };
    show(0);
  }

  // ---- search

  let haystack = null;
  let said = null;

  function search(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    $('search-results').replaceChildren();
    $('search-count').textContent = '';
    if (!words.length) return;
    if (!haystack) {
      haystack = new Array(count).fill('');
      for (let i = 1; i < count; i++) haystack[i] = haystack[parents[i]] + '/' + data.names[i].toLowerCase();
      said = Array.from({length: count}, () => null);
      data.layers.forEach((layer, l) => each(layer, (i, node, kind, directory, size, hidden) => {
        (said[node] = said[node] || []).push([l, kind, hidden, size]);
      }));
    }
    const found = [];
    let total = 0;
    for (let i = 1; i < count; i++) {
      if (said[i] && words.every(w => haystack[i].includes(w)) && ++total <= 200) found.push(i);
    }
    $('search-count').textContent = plural(total, 'path') + (total > 200 ? ', of which the first 200 are shown' : '');
    for (const node of found) {
      const name = make('button', 'link path');
      name.type = 'button';
      highlight(name, path(node), words);
      const end = make('span', 'end');
      let live = -1;
      for (const [l, kind, hidden] of said[node]) {
        end.append(make('span', 'chip ' + KINDS[kind], l + ' ' + (kind === 'M' ? 'metadata' : WORDS[kind])));
        if (hidden === 0 && kind !== 'D') live = l;
      }
      name.addEventListener('click', () => reveal(node, live >= 0 ? -1 : said[node][0][0]));
      $('search-results').append(make('li', '', null, name, end));
    }
  }

  function highlight(element, text, words) {
    const lower = text.toLowerCase();
    const at = lower.length === text.length ? lower.lastIndexOf(words[words.length - 1]) : -1;
    if (at < 0) {
      element.textContent = text;
    } else {
      const end = at + words[words.length - 1].length;
      element.append(text.slice(0, at), make('mark', '', text.slice(at, end)), text.slice(end));
    }
  }

  $('search').addEventListener('input', e => search(e.target.value));
  $('search').addEventListener('keydown', e => {
    if (e.key === 'Escape') { e.target.value = ''; search(''); }
  });
  document.addEventListener('keydown', e => {
    if (e.key === '/' && document.activeElement !== $('search')) { e.preventDefault(); $('search').focus(); }
  });

  // ---- image

  function facts() {
    const fact = (name, value) => $('facts').append(make('dt', '', name), make('dd', '', value));
    fact('Digest', data.image.digest);
    fact('Config', data.image.config);
    fact('Platform', data.image.platform);
    for (const [name, value] of data.image.facts) fact(name, value);
    for (const step of data.history) {
      const mine = step.layer !== undefined;
      const item = make('li', '', null,
          make('span', 'number ' + (mine ? colour(step.layer) : 'none'), mine ? step.layer : '–'),
          make('code', '', step.command || step.comment || 'no command'));
      if (step.created) item.append(make('span', 'quiet', step.created.replace('T', ' ').replace(/\.\d+/, '')));
      $('history').append(item);
    }
    if (!data.history.length) $('history').append(make('li', 'quiet', 'The config tells none.'));
  }

  header();
  layers();
  waste();
  facts();
  choose(-1);
  let width = $('map').clientWidth;
  new ResizeObserver(() => {
    if ($('map').clientWidth !== width) { width = $('map').clientWidth; map(); }
  }).observe($('map'));
})();
