// Reads a copy of a public log with golang.org/x/mod, which shares no code with ours: the checkpoint's signature, the
// root from the tiles, a proof for each entry, and that earlier sizes are what the tree began with.
//
//	go run tlog.go tiles.go DIR VERIFIER
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	dir := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	signed, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(signed.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	var root tlog.Hash
	b, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	copy(root[:], b)
	tree := tlog.Tree{N: size, Hash: root}
	reader := tlog.TileHashReader(tree, tiles{dir})
	th, err := tlog.TreeHash(size, reader)
	must(err)
	if th != root {
		must(fmt.Errorf("the tiles have another root"))
	}
	for n := int64(0); n < size; n++ {
		bundle, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("tile/entries/%03d", n/256)))
		must(err)
		at := n % 256 * 66
		proof, err := tlog.ProveRecord(size, n, reader)
		must(err)
		must(tlog.CheckRecord(proof, size, root, n, tlog.RecordHash(bundle[at+2:at+66])))
	}
	for old := int64(1); old <= size; old += 85 {
		before, err := tlog.TreeHash(old, reader)
		must(err)
		proof, err := tlog.ProveTree(size, old, reader)
		must(err)
		must(tlog.CheckTree(proof, size, root, old, before))
	}
	fmt.Printf("%s %d\n", verifier.Name(), size)
}
