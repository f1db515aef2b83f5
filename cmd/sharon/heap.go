package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Pages are short-lived garbage, so a small heap may hold twice itself of it: half
// the collections for a few megabytes. A heap of ten thousand open streams would
// make that hundreds, so what may lie about has an end.
const (
	sparePercent = 200
	spareBytes   = 64 << 20
)

// boundGarbage has the collector run before more lies about than that, unless GOGC
// says otherwise.
func boundGarbage() {
	if os.Getenv("GOGC") != "" {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	set := 0
	// A finalizer runs after each collection, and there is no other word of it.
	var collected func(*[16]byte)
	collected = func(again *[16]byte) {
		metrics.Read(live)
		if percent := spare(live[0].Value.Uint64()); percent != set {
			set = percent
			debug.SetGCPercent(percent)
		}
		runtime.SetFinalizer(again, collected)
	}
	collected(new([16]byte))
}

// spare is how much garbage a heap may hold, in percent of what is live, in steps
// of ten, because each change stops the world for a moment.
func spare(live uint64) int {
	return min(sparePercent, int(spareBytes*10/float64(max(live, 1))+1)*10)
}
