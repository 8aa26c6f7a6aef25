/* Where the time goes, by profile, in the benches whose goals are the hardest; and what would change it. */
export const why: Readonly<Record<string, string>> = {
  encode:
    'By profile, of one of 1,000 snakes that move: looking at its ten fields is about 12 ns, going along with its body 6, walking the map 3, writing two columns of places and one of bodies 10, and what its seat alone sees 8; of 200, what a flush costs at all is 3 more. That is some 400 instructions, which hardly wait for memory: each field is loaded twice, its kind is checked, and it is compared. For 25 ns rules would have to say what they changed, or state would have to be columns of numbers itself, instead of objects.',
  fanout:
    'Clients of hoopsnake confirm every 500 ms and are answered; bare ws hears nothing and answers nothing here. The write itself is the same call of Node.',
  idle: 'Beside what ws keeps, a connection has a session, its limits, its place in the room and the state of its seat: by a heap snapshot some 24 objects and as many closures and their contexts. Most of them could be one object.',
  inputs:
    'Most of the difference is what bare ws does not do: each input is acknowledged, in a frame of its seat’s own that goes with the tick; it is counted, put in order, applied by rules that may refuse or throw, and undone if they do.',
  w1: 'By `perf`, with 500 players: a bit more than half of the time is the write to each socket, nearly all of it in the kernel and in Node’s streams; a tenth is hearing what clients send; rules, comparison and encoding together are a twentieth. The limit pays for the same write, through fewer objects, and answers nobody. What is left to save is the acknowledgement of inputs, the questions of the clients for the time, and what Node’s streams do for each write.',
}
