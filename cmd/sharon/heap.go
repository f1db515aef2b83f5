package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
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

const (
	quietBytes = 4 << 20  // allocated in a second by a process with hardly anything to do
	worthBytes = 24 << 20 // that lie about before it is worth a collection
)

// giveBack returns to the machine, in quiet seconds, what lies about. The collector
// alone would wait two minutes, and what ten thousand pages leave that open their
// streams at once would count as theirs.
func giveBack() {
	allocated, _ := heap()
	for range time.Tick(time.Second) {
		now, idle := heap()
		if now-allocated < quietBytes && idle > worthBytes {
			debug.FreeOSMemory()
		}
		allocated = now
	}
}

// heap is what was allocated since the start, and what the process holds of the
// machine's memory without need, in bytes.
func heap() (allocated, idle uint64) {
	all := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(all)
	live, objects, free := all[1].Value.Uint64(), all[2].Value.Uint64(), all[3].Value.Uint64()
	return all[0].Value.Uint64(), max(objects, live) - live + free
}
