package watch

import "slices"

// trie holds the letters of all terms. A match begins where a word begins, so it
// is walked from there and needs no failure links as Aho-Corasick's has.
type trie struct {
	nodes []node
	terms []int32 // of the nodes, one after the other
	first [128]int32
}

type node struct {
	r            rune
	below, after int32 // its children: nodes[below:after], by letter
	terms, end   int32 // the terms that end here
}

// key is how a term is spelled: letters, with ' ' between words and - or ' where
// a gap may be.
type key struct {
	letters []rune
	term    int32
}

// grow makes a trie of keys, level by level, so that children lie side by side.
func grow(keys []key) *trie {
	count := func(n int) int32 { return int32(n) } //nolint:gosec // MostTerms times LongestTerm is far less than 2^31
	slices.SortFunc(keys, func(a, b key) int { return slices.Compare(a.letters, b.letters) })
	type span struct{ from, to, depth int }
	t := &trie{nodes: make([]node, 1, len(keys)+1)}
	spans := []span{{0, len(keys), 0}}
	for at := 0; at < len(t.nodes); at++ {
		from, to, depth := spans[at].from, spans[at].to, spans[at].depth
		t.nodes[at].terms = count(len(t.terms))
		for from < to && len(keys[from].letters) == depth {
			t.terms = append(t.terms, keys[from].term)
			from++
		}
		t.nodes[at].end = count(len(t.terms))
		t.nodes[at].below = count(len(t.nodes))
		for from < to {
			r, end := keys[from].letters[depth], from
			for end < to && keys[end].letters[depth] == r {
				end++
			}
			t.nodes = append(t.nodes, node{r: r})
			spans = append(spans, span{from, end, depth + 1})
			from = end
		}
		t.nodes[at].after = count(len(t.nodes))
	}
	for at := t.nodes[0].below; at < t.nodes[0].after; at++ {
		if r := t.nodes[at].r; r < int32(len(t.first)) {
			t.first[r] = at
		}
	}
	return t
}

// child is the node that a letter leads to; 0 if there is none.
func (t *trie) child(at int32, r rune) int32 {
	if at == 0 && r < int32(len(t.first)) {
		return t.first[r]
	}
	from, to := t.nodes[at].below, t.nodes[at].after
	for to-from > 8 {
		if middle := (from + to) / 2; t.nodes[middle].r <= r {
			from = middle
		} else {
			to = middle
		}
	}
	for ; from < to; from++ {
		if t.nodes[from].r == r {
			return from
		}
	}
	return 0
}
