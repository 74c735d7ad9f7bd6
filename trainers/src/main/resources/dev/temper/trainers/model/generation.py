# Sampling with a key-value cache: a number of slots decode in step, and a sequence that has ended
# gives its slot to the next of the queue. TorchScript text, run without Python.
#
# N sequences, B slots, S cache positions, M completion tokens at most, V vocabulary.
# state: [queue (next sequence, slots in use), seq [B], pos [B], active [B], lengths [N + 1],
#   counts [N + 1], tokens [N + 1, S], logp [N + 1, M], cos [S, 1, d], sin, (keys, values) * layers]
# The last row of tokens belongs to no sequence: free slots write there. A slot stands at position
# pos of its sequence: it reads that token, and writes the next unless the prompt has it already.
class Generation(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  kv_heads : int
  head_dim : int
  tied : int
  bfloat16 : int
  rms_eps : float
  rope_theta : float

  def matrix(self: __torch__.Generation, weight: Tensor) -> Tensor:
    t = weight.detach().t().contiguous()
    if self.bfloat16 == 1:
      t = t.to(15)
    return t

  # Weights for decoding: norms folded into the matrices that follow them, matrices transposed.
  # [embedding, (qkv, output, gate and up, down) * layers, head]
  def fold(self: __torch__.Generation, w: List[Tensor]) -> List[Tensor]:
    folded = annotate(List[Tensor], [w[0].detach().clone()])
    for i in range(self.layers):
      o = 1 + i * 6
      folded.append(self.matrix(torch.mul(w[o + 1], w[o])))
      folded.append(self.matrix(w[o + 2]))
      folded.append(self.matrix(torch.mul(w[o + 4], w[o + 3])))
      folded.append(self.matrix(w[o + 5]))
    norm = 1 + self.layers * 6
    if self.tied == 1:
      head = w[0]
    else:
      head = w[norm + 1]
    folded.append(self.matrix(torch.mul(head, w[norm])))
    return folded

  # Unit-norm rows of x [B, D] times a folded matrix.
  def normed(self: __torch__.Generation, x: Tensor, weight: Tensor) -> Tensor:
    return torch.mm(torch.rms_norm(x, [x.size(-1)], None, self.rms_eps).to(weight.dtype), weight)

  def rotate(self: __torch__.Generation, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    p = torch.chunk(x, 2, -1)
    return torch.addcmul(torch.mul(x, cos), torch.cat([torch.neg(p[1]), p[0]], -1), sin)

  def feed_forward(self: __torch__.Generation, x: Tensor, both: Tensor, down: Tensor) -> Tensor:
    p = torch.chunk(self.normed(x, both), 2, -1)
    return torch.add(x, torch.mm(torch.mul(torch.silu(p[0]), p[1]), down))

  # Fills the slots with the first sequences and reads their prompts but for the last token.
  # tokens [N + 1, S] and lengths [N + 1] hold the prompts; sizes: B, tokens to read, M.
  def start(self: __torch__.Generation, folded: List[Tensor], tokens: Tensor, lengths: Tensor, sizes: Tensor) -> List[Tensor]:
    device = tokens.device
    B = int(torch.select(sizes, 0, 0))
    P = int(torch.select(sizes, 0, 1))
    M = int(torch.select(sizes, 0, 2))
    N = tokens.size(0) - 1
    S = tokens.size(1)
    H = self.heads
    K = self.kv_heads
    d = self.head_dim
    G = torch.floordiv(H, K)
    even = torch.arange(0, d, 2, dtype=7, device=device)
    frequency = torch.pow(self.rope_theta, torch.div(even, -d)).to(6)
    half = torch.mul(torch.arange(0, S, dtype=6, device=device).unsqueeze(1), frequency)
    angle = torch.cat([half, half], -1).unsqueeze(1)
    dtype = folded[1].dtype
    cos = torch.cos(angle).to(dtype)
    sin = torch.sin(angle).to(dtype)
    first = torch.slice(lengths, 0, 0, B)
    queue = torch.tensor([B, B], dtype=4, device=device)
    seq = torch.arange(0, B, device=device)
    pos = torch.sub(first, 1)
    active = torch.ones([B], dtype=4, device=device)
    counts = torch.zeros([N + 1], dtype=4, device=device)
    logp = torch.zeros([N + 1, M], dtype=6, device=device)
    # Copies: an array made in Java lies in memory that the JVM frees once its handle is closed, and
    # the state outlives the handles of this call.
    state = annotate(List[Tensor], [queue, seq, pos, active, lengths.clone(), counts, tokens.clone(), logp, cos, sin])
    x = torch.embedding(folded[0], torch.slice(torch.slice(tokens, 0, 0, B), 1, 0, P).flatten())
    at = torch.arange(0, P, device=device)
    hidden = torch.gt(at.unsqueeze(0), at.unsqueeze(1))
    mask = torch.masked_fill(torch.zeros([P, P], dtype=dtype, device=device), hidden, -inf)
    cp = torch.slice(cos, 0, 0, P)
    sp = torch.slice(sin, 0, 0, P)
    for i in range(self.layers):
      o = 1 + i * 4
      keys = torch.zeros([B, K, S, d], dtype=dtype, device=device)
      values = torch.zeros([B, K, S, d], dtype=dtype, device=device)
      if P > 0:
        qkv = self.normed(x, folded[o]).view([B, P, H + 2 * K, d])
        parts = torch.split_with_sizes(qkv, [H + K, K], 2)
        qk = torch.split_with_sizes(self.rotate(parts[0], cp, sp), [H, K], 2)
        k = qk[1].transpose(1, 2).reshape([B * K, P, d])
        v = parts[1].transpose(1, 2).reshape([B * K, P, d])
        torch.copy_(torch.slice(keys, 2, 0, P), k.view([B, K, P, d]))
        torch.copy_(torch.slice(values, 2, 0, P), v.view([B, K, P, d]))
        q = torch.mul(qk[0].transpose(1, 2), 1. / torch.sqrt(float(d))).reshape([B * K, G * P, d])
        s = torch.bmm(q, k.transpose(1, 2)).view([B * K * G, P, P])
        p = torch.softmax(torch.add(s, mask), -1).view([B * K, G * P, P])
        a = torch.bmm(p, v).view([B, H, P, d]).transpose(1, 2).reshape([B * P, H * d])
        x = self.feed_forward(torch.add(x, torch.mm(a, folded[o + 1])), folded[o + 2], folded[o + 3])
      state.append(keys)
      state.append(values)
    return state

  # Logits [B, V] after the tokens [B] at positions pos [B]; S positions of the cache are in use.
  def logits(self: __torch__.Generation, folded: List[Tensor], state: List[Tensor], token: Tensor, pos: Tensor, used: int) -> Tensor:
    B = token.size(0)
    H = self.heads
    K = self.kv_heads
    d = self.head_dim
    G = torch.floordiv(H, K)
    scale = 1. / torch.sqrt(float(d))
    S = state[8].size(0)
    cos = torch.index_select(state[8], 0, pos)
    sin = torch.index_select(state[9], 0, pos)
    key = torch.arange(0, used, device=pos.device)
    hidden = torch.gt(key.unsqueeze(0), pos.unsqueeze(1))
    bias = torch.masked_fill(torch.zeros([B, used], dtype=cos.dtype, device=pos.device), hidden, -inf)
    bias = bias.unsqueeze(1).expand([B, K, used]).reshape([B * K, 1, used])
    base = torch.mul(torch.arange(0, B * K, device=pos.device), S).view([B, K])
    slot = torch.add(base, pos.unsqueeze(1)).flatten()
    x = torch.embedding(folded[0], token)
    for i in range(self.layers):
      o = 1 + i * 4
      parts = torch.split_with_sizes(self.normed(x, folded[o]).view([B, H + 2 * K, d]), [H + K, K], 1)
      qk = torch.split_with_sizes(self.rotate(parts[0], cos, sin), [H, K], 1)
      keys = state[10 + 2 * i]
      values = state[11 + 2 * i]
      torch.index_copy_(keys.view([B * K * S, d]), 0, slot, qk[1].reshape([B * K, d]))
      torch.index_copy_(values.view([B * K * S, d]), 0, slot, parts[1].reshape([B * K, d]))
      k = torch.slice(keys.view([B * K, S, d]), 1, 0, used)
      v = torch.slice(values.view([B * K, S, d]), 1, 0, used)
      q = torch.mul(qk[0], scale).reshape([B * K, G, d])
      p = torch.softmax(torch.baddbmm(bias, q, k.transpose(1, 2)), -1)
      a = torch.bmm(p, v).view([B, H * d])
      x = self.feed_forward(torch.add(x, torch.mm(a, folded[o + 1])), folded[o + 2], folded[o + 3])
    return self.normed(x, folded[1 + 4 * self.layers]).to(6)

  # Token and its log-probability, each [B]: the first token whose cumulative probability exceeds
  # u [B]; at temperature 0 the likeliest.
  def pick(self: __torch__.Generation, logits: Tensor, temperature: float, u: Tensor) -> Tuple[Tensor, Tensor]:
    if temperature == 0.:
      lp = torch.log_softmax(logits, -1)
      t = torch.argmax(lp, -1, True)
    else:
      y = logits
      if temperature != 1.:
        y = torch.div(logits, temperature)
      lp = torch.log_softmax(y, -1)
      cumulative = torch.cumsum(torch.exp(lp), -1)
      r = torch.mul(u.unsqueeze(1), torch.slice(cumulative, 1, -1, 9223372036854775807))
      t = torch.clamp(torch.searchsorted(cumulative, r, right=True), None, logits.size(1) - 1)
    return (t.squeeze(1), torch.gather(lp, 1, t).squeeze(1))

  # Decodes a number of steps, or fewer if all sequences end. uniforms [N + 1, M]; settings
  # (float64): temperature, end token, steps.
  def decode(self: __torch__.Generation, folded: List[Tensor], state: List[Tensor], uniforms: Tensor, settings: Tensor) -> List[Tensor]:
    temperature = float(torch.select(settings, 0, 0))
    end = int(torch.select(settings, 0, 1))
    steps = int(torch.select(settings, 0, 2))
    queued = int(torch.select(state[0], 0, 0))
    live = int(torch.select(state[0], 0, 1))
    seq = state[1]
    pos = state[2]
    active = state[3]
    lengths = state[4]
    counts = state[5]
    tokens = state[6].view([-1])
    logp = state[7].view([-1])
    N = state[6].size(0) - 1
    S = state[6].size(1)
    M = state[7].size(1)
    u = uniforms.view([-1])
    while steps > 0 and live > 0:
      steps = steps - 1
      row = torch.mul(seq, S)
      token = torch.index_select(tokens, 0, torch.add(row, pos))
      y = self.logits(folded, state, token, pos, int(torch.max(pos)) + 1)
      pos = torch.add(pos, active)
      n = torch.sub(pos, torch.index_select(lengths, 0, seq))
      cell = torch.add(torch.mul(seq, M), torch.clamp(n, 0))
      t, lp, = self.pick(y, temperature, torch.index_select(u, 0, cell))
      new = torch.ge(n, 0)
      here = torch.add(row, pos)
      torch.index_copy_(tokens, 0, here, torch.where(new, t, torch.index_select(tokens, 0, here)))
      torch.index_copy_(logp, 0, cell, lp)
      done = torch.logical_and(new, torch.logical_or(torch.eq(t, end), torch.ge(n, M - 1)))
      ended = int(torch.sum(done))
      if ended > 0:
        which = torch.masked_select(seq, done)
        torch.index_copy_(counts, 0, which, torch.add(torch.masked_select(n, done), 1))
        later = torch.add(torch.cumsum(done.to(4), 0), queued - 1)
        seq = torch.where(done, torch.clamp(later, None, N), seq)
        active = torch.lt(seq, N).to(4)
        pos = torch.where(done, torch.zeros_like(pos), pos)
        queued = queued + ended
        live = int(torch.sum(active))
        if live > 0 and live * 2 <= seq.size(0):
          keep = torch.nonzero(active).squeeze(1)
          seq = torch.index_select(seq, 0, keep)
          pos = torch.index_select(pos, 0, keep)
          active = torch.index_select(active, 0, keep)
          for i in range(2 * self.layers):
            state[10 + i] = torch.index_select(state[10 + i], 0, keep)
    state[0] = torch.tensor([queued, live], dtype=4, device=seq.device)
    state[1] = seq
    state[2] = pos
    state[3] = active
    return state
