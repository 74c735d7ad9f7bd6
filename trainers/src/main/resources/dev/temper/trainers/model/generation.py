# Sampling with a key-value cache: a number of slots decode in step, and a sequence that has ended
# gives its slot to the next of the queue. TorchScript text, run without Python.
#
# N sequences, B slots, S cache positions, M completion tokens at most, V vocabulary.
# state: [queue (next sequence, slots in use), seq [B], pos [B], active [B], lengths [N + 1],
#   counts [N + 1], tokens [N + 1, S], logp [N + 1, M], cos [S, 1, d], sin, (keys, values) * layers,
#   cos and sin of layers with positions of their own]
# The last row of tokens belongs to no sequence: free slots write there. A slot stands at position
# pos of its sequence: it reads that token, and writes the next unless the prompt has it already.
class Generation(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  # constants

  def matrix(self: __torch__.Generation, weight: Tensor) -> Tensor:
    t = weight.detach().t().contiguous()
    if self.bfloat16 == 1:
      t = t.to(15)
    return t

  def bias(self: __torch__.Generation, weight: Tensor) -> Tensor:
    t = weight.detach().clone()
    if self.bfloat16 == 1:
      t = t.to(15)
    return t

  def norm_weight(self: __torch__.Generation, weight: Tensor) -> Tensor:
    if self.norm_plus_one == 1:
      return torch.add(weight.detach(), 1.)
    return weight.detach().clone()

  # The weight at an index times the norm before it, if the index of that is one.
  def after_norm(self: __torch__.Generation, w: List[Tensor], o: int, weight: int, norm: int) -> Tensor:
    if norm < 0:
      return w[o + weight]
    return torch.mul(w[o + weight], self.norm_weight(w[o + norm]))

  # Weights for decoding: norms folded into the matrices that follow them, matrices transposed.
  # [embedding, layers, head]. A layer has folded_stride weights, of [qkv, output, gate and up, down,
  # qkv bias, query norm, key norm, output bias, output norm, gate and up bias, down bias, down norm]
  # those of the family.
  def fold(self: __torch__.Generation, w: List[Tensor]) -> List[Tensor]:
    embedding = w[0].detach().clone()
    if self.embedding_scale != 1.:
      embedding = torch.mul(embedding, self.embedding_scale)
    folded = annotate(List[Tensor], [embedding])
    for i in range(self.layers):
      o = 1 + i * self.stride
      folded.append(self.matrix(self.after_norm(w, o, self.qkv, self.input_norm)))
      folded.append(self.matrix(w[o + self.output]))
      folded.append(self.matrix(self.after_norm(w, o, self.gate_up, self.feed_norm)))
      folded.append(self.matrix(w[o + self.down]))
      if self.qkv_bias >= 0:
        folded.append(self.bias(w[o + self.qkv_bias]))
      if self.query_norm >= 0:
        folded.append(self.norm_weight(w[o + self.query_norm]))
        folded.append(self.norm_weight(w[o + self.key_norm]))
      if self.output_bias >= 0:
        folded.append(self.bias(w[o + self.output_bias]))
      if self.output_norm >= 0:
        folded.append(self.norm_weight(w[o + self.output_norm]))
      if self.gate_up_bias >= 0:
        folded.append(self.bias(w[o + self.gate_up_bias]))
      if self.down_bias >= 0:
        folded.append(self.bias(w[o + self.down_bias]))
      if self.down_norm >= 0:
        folded.append(self.norm_weight(w[o + self.down_norm]))
    norm = 1 + self.layers * self.stride
    if self.tied == 1:
      head = w[0]
    else:
      head = w[norm + 1]
    folded.append(self.matrix(torch.mul(head, self.norm_weight(w[norm]))))
    return folded

  # Unit-norm rows of x [B, D] times a folded matrix; plain rows where the family has no norm there.
  def normed(self: __torch__.Generation, x: Tensor, weight: Tensor, norm: int) -> Tensor:
    if norm < 0:
      return torch.mm(x.to(weight.dtype), weight)
    return torch.mm(torch.rms_norm(x, [x.size(-1)], None, self.rms_eps).to(weight.dtype), weight)

  # x plus a product, with what the family has of bias and norm.
  def added(self: __torch__.Generation, x: Tensor, a: Tensor, folded: List[Tensor], weight: Tensor, o: int, bias: int, norm: int) -> Tensor:
    y = torch.mm(a, weight)
    if bias >= 0:
      y = torch.add(y, folded[o + bias])
    if norm >= 0:
      y = torch.rms_norm(y.to(6), [y.size(-1)], folded[o + norm], self.rms_eps)
    return torch.add(x, y)

  # Norm of queries or keys [*, heads, head_dim], see transformer.py.
  def head_norm(self: __torch__.Generation, x: Tensor, weight: Tensor) -> Tensor:
    wide = x.to(6)
    if weight.numel() == x.size(-1):
      return torch.rms_norm(wide, [x.size(-1)], weight, self.rms_eps).to(x.dtype)
    flat = wide.flatten(-2, -1)
    return torch.rms_norm(flat, [flat.size(-1)], weight, self.rms_eps).view(x.size()).to(x.dtype)

  # Queries and keys [*, heads + kv_heads, head_dim] of a layer, ready to be multiplied.
  def placed(self: __torch__.Generation, both: Tensor, folded: List[Tensor], i: int, cos: Tensor, sin: Tensor, local_cos: Tensor, local_sin: Tensor) -> Tensor:
    o = 1 + i * self.folded_stride
    if self.query_norm >= 0:
      apart = torch.split_with_sizes(both, [self.heads, self.kv_heads], -2)
      q = self.head_norm(apart[0], folded[o + self.folded_query_norm])
      both = torch.cat([q, self.head_norm(apart[1], folded[o + self.folded_key_norm])], -2)
    if self.layer_positions[i] == 1:
      both = self.rotate(both, cos, sin)
    elif self.layer_positions[i] == 2:
      both = self.rotate(both, local_cos, local_sin)
    return both

  def capped(self: __torch__.Generation, x: Tensor, cap: float) -> Tensor:
    return torch.mul(torch.tanh(torch.div(x, cap)), cap)

  # Cosine and sine [S, 1, head_dim] of the first S positions, see transformer.py.
  def rotary(self: __torch__.Generation, tokens: Tensor, theta: float, listed: List[float], factor: float, dtype: int) -> Tuple[Tensor, Tensor]:
    device = tokens.device
    if len(listed) > 0:
      frequency = torch.tensor(listed, dtype=6, device=device)
    else:
      even = torch.arange(0, self.head_dim, 2, dtype=7, device=device)
      frequency = torch.pow(theta, torch.div(even, -self.head_dim)).to(6)
    half = torch.mul(torch.arange(0, tokens.size(1), dtype=6, device=device).unsqueeze(1), frequency)
    angle = torch.cat([half, half], -1).unsqueeze(1)
    cos = torch.cos(angle)
    sin = torch.sin(angle)
    if factor != 1.:
      cos = torch.mul(cos, factor)
      sin = torch.mul(sin, factor)
    return (cos.to(dtype), sin.to(dtype))

  def rotate(self: __torch__.Generation, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    p = torch.chunk(x, 2, -1)
    return torch.addcmul(torch.mul(x, cos), torch.cat([torch.neg(p[1]), p[0]], -1), sin)

  def activation(self: __torch__.Generation, x: Tensor) -> Tensor:
    if self.gelu_tanh == 1:
      cubed = torch.add(x, torch.mul(torch.mul(torch.mul(x, x), x), 0.044715))
      return torch.mul(torch.mul(x, 0.5), torch.add(torch.tanh(torch.mul(cubed, 0.7978845608028654)), 1.))
    return torch.silu(x)

  def feed_forward(self: __torch__.Generation, x: Tensor, folded: List[Tensor], o: int) -> Tensor:
    y = self.normed(x, folded[o + 2], self.feed_norm)
    if self.gate_up_bias >= 0:
      y = torch.add(y, folded[o + self.folded_gate_up_bias])
    p = torch.chunk(y, 2, -1)
    return self.added(x, torch.mul(self.activation(p[0]), p[1]), folded, folded[o + 3], o, self.folded_down_bias, self.folded_down_norm)

  def qkv_of(self: __torch__.Generation, x: Tensor, folded: List[Tensor], o: int) -> Tensor:
    y = self.normed(x, folded[o], self.input_norm)
    if self.qkv_bias >= 0:
      y = torch.add(y, folded[o + self.folded_qkv_bias])
    return y

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
    dtype = folded[1].dtype
    cos, sin, = self.rotary(tokens, self.rope_theta, self.rope_frequencies, self.rope_factor, dtype)
    local_cos = cos
    local_sin = sin
    if self.local_theta > 0.:
      local_cos, local_sin, = self.rotary(tokens, self.local_theta, self.local_frequencies, self.local_factor, dtype)
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
    full = torch.masked_fill(torch.zeros([P, P], dtype=dtype, device=device), hidden, -inf)
    near = full
    if self.window > 0:
      far = torch.le(at.unsqueeze(0), torch.sub(at.unsqueeze(1), self.window))
      near = torch.masked_fill(full, far, -inf)
    cp = torch.slice(cos, 0, 0, P)
    sp = torch.slice(sin, 0, 0, P)
    lcp = torch.slice(local_cos, 0, 0, P)
    lsp = torch.slice(local_sin, 0, 0, P)
    for i in range(self.layers):
      o = 1 + i * self.folded_stride
      keys = torch.zeros([B, K, S, d], dtype=dtype, device=device)
      values = torch.zeros([B, K, S, d], dtype=dtype, device=device)
      if P > 0:
        qkv = self.qkv_of(x, folded, o).view([B, P, H + 2 * K, d])
        parts = torch.split_with_sizes(qkv, [H + K, K], 2)
        both = self.placed(parts[0], folded, i, cp, sp, lcp, lsp)
        qk = torch.split_with_sizes(both, [H, K], 2)
        k = qk[1].transpose(1, 2).reshape([B * K, P, d])
        v = parts[1].transpose(1, 2).reshape([B * K, P, d])
        torch.copy_(torch.slice(keys, 2, 0, P), k.view([B, K, P, d]))
        torch.copy_(torch.slice(values, 2, 0, P), v.view([B, K, P, d]))
        q = torch.mul(qk[0].transpose(1, 2), self.attention_scale).reshape([B * K, G * P, d])
        s = torch.bmm(q, k.transpose(1, 2)).view([B * K * G, P, P])
        if self.attention_cap > 0.:
          s = self.capped(s, self.attention_cap)
        mask = full
        if self.layer_windowed[i] == 1:
          mask = near
        p = torch.softmax(torch.add(s, mask), -1).view([B * K, G * P, P])
        a = torch.bmm(p, v).view([B, H, P, d]).transpose(1, 2).reshape([B * P, H * d])
        x = self.added(x, a, folded, folded[o + 1], o, self.folded_output_bias, self.folded_output_norm)
        x = self.feed_forward(x, folded, o)
      state.append(keys)
      state.append(values)
    if self.local_theta > 0.:
      state.append(local_cos)
      state.append(local_sin)
    return state

  # Logits [B, V] after the tokens [B] at positions pos [B]; S positions of the cache are in use.
  def logits(self: __torch__.Generation, folded: List[Tensor], state: List[Tensor], token: Tensor, pos: Tensor, used: int) -> Tensor:
    B = token.size(0)
    H = self.heads
    K = self.kv_heads
    d = self.head_dim
    G = torch.floordiv(H, K)
    scale = self.attention_scale
    S = state[8].size(0)
    cos = torch.index_select(state[8], 0, pos)
    sin = torch.index_select(state[9], 0, pos)
    local_cos = cos
    local_sin = sin
    if self.local_theta > 0.:
      local_cos = torch.index_select(state[10 + 2 * self.layers], 0, pos)
      local_sin = torch.index_select(state[11 + 2 * self.layers], 0, pos)
    key = torch.arange(0, used, device=pos.device)
    hidden = torch.gt(key.unsqueeze(0), pos.unsqueeze(1))
    seen = torch.masked_fill(torch.zeros([B, used], dtype=cos.dtype, device=pos.device), hidden, -inf)
    full = seen.unsqueeze(1).expand([B, K, used]).reshape([B * K, 1, used])
    near = full
    if self.window > 0:
      far = torch.le(key.unsqueeze(0), torch.sub(pos.unsqueeze(1), self.window))
      seen = torch.masked_fill(seen, far, -inf)
      near = seen.unsqueeze(1).expand([B, K, used]).reshape([B * K, 1, used])
    base = torch.mul(torch.arange(0, B * K, device=pos.device), S).view([B, K])
    slot = torch.add(base, pos.unsqueeze(1)).flatten()
    x = torch.embedding(folded[0], token)
    for i in range(self.layers):
      o = 1 + i * self.folded_stride
      parts = torch.split_with_sizes(self.qkv_of(x, folded, o).view([B, H + 2 * K, d]), [H + K, K], 1)
      both = self.placed(parts[0], folded, i, cos, sin, local_cos, local_sin)
      qk = torch.split_with_sizes(both, [H, K], 1)
      keys = state[10 + 2 * i]
      values = state[11 + 2 * i]
      torch.index_copy_(keys.view([B * K * S, d]), 0, slot, qk[1].reshape([B * K, d]))
      torch.index_copy_(values.view([B * K * S, d]), 0, slot, parts[1].reshape([B * K, d]))
      k = torch.slice(keys.view([B * K, S, d]), 1, 0, used)
      v = torch.slice(values.view([B * K, S, d]), 1, 0, used)
      q = torch.mul(qk[0], scale).reshape([B * K, G, d])
      bias = full
      if self.layer_windowed[i] == 1:
        bias = near
      if self.attention_cap > 0.:
        y = torch.add(self.capped(torch.bmm(q, k.transpose(1, 2)), self.attention_cap), bias)
      else:
        y = torch.baddbmm(bias, q, k.transpose(1, 2))
      a = torch.bmm(torch.softmax(y, -1), v).view([B, H * d])
      x = self.added(x, a, folded, folded[o + 1], o, self.folded_output_bias, self.folded_output_norm)
      x = self.feed_forward(x, folded, o)
    y = self.normed(x, folded[1 + self.folded_stride * self.layers], 0).to(6)
    if self.logit_cap > 0.:
      y = self.capped(y, self.logit_cap)
    return y

  # Log-probabilities y [B, V] with -inf for the tokens that top-k, top-p and min-p (filters, in this
  # order, each over what the one before it left) leave out; at least one stays. Of equally likely
  # tokens all stay with the k-th; at the edge of top-p, where transformers leaves it open which of
  # them go, the higher ids stay.
  def filtered(self: __torch__.Generation, y: Tensor, filters: Tensor) -> Tensor:
    V = y.size(1)
    k = int(torch.select(filters, 0, 0))
    p = float(torch.select(filters, 0, 1))
    share = float(torch.select(filters, 0, 2))
    if k > 0 and k < V:
      highest = torch.topk(y, k, -1, True, True)
      y = torch.masked_fill(y, torch.lt(y, torch.slice(highest[0], 1, k - 1, k)), -inf)
    if p < 1.:
      ascending, ids, = torch.sort(y, stable=True, dim=-1, descending=False)
      below = torch.slice(torch.cumsum(torch.softmax(ascending, -1), -1), 1, 0, V - 1)
      out = torch.le(below, 1. - p)
      out = torch.cat([out, torch.zeros([y.size(0), 1], dtype=11, device=y.device)], 1)
      y = torch.masked_fill(y, torch.scatter(torch.zeros_like(out), 1, ids, out), -inf)
    if share > 0.:
      odds = torch.exp(torch.sub(y, torch.amax(y, [-1], True)))
      y = torch.masked_fill(y, torch.lt(odds, share), -inf)
    return y

  # Token and its log-probability, each [B]: the first token whose cumulative probability exceeds
  # u [B]; at temperature 0 the likeliest. Filters choose among fewer tokens, and the log-probability
  # is that of all tokens nevertheless: the one that the learner computes.
  def pick(self: __torch__.Generation, logits: Tensor, temperature: float, filtering: bool, filters: Tensor, u: Tensor) -> Tuple[Tensor, Tensor]:
    if temperature == 0.:
      lp = torch.log_softmax(logits, -1)
      t = torch.argmax(lp, -1, True)
    else:
      y = logits
      if temperature != 1.:
        y = torch.div(logits, temperature)
      lp = torch.log_softmax(y, -1)
      left = lp
      if filtering:
        left = self.filtered(lp, filters)
      cumulative = torch.cumsum(torch.exp(left), -1)
      all = torch.slice(cumulative, 1, -1, 9223372036854775807)
      r = torch.mul(u.unsqueeze(1), all)
      t = torch.clamp(torch.searchsorted(cumulative, r, right=True), None, logits.size(1) - 1)
      if filtering:
        # Behind the last token that is left nothing may be sampled, whatever was rounded.
        t = torch.minimum(t, torch.searchsorted(cumulative, all.contiguous()))
    return (t.squeeze(1), torch.gather(lp, 1, t).squeeze(1))

  # Decodes a number of steps, or fewer if all sequences end. uniforms [N + 1, M]; settings
  # (float64): temperature, steps, top-k, top-p, min-p, end tokens.
  def decode(self: __torch__.Generation, folded: List[Tensor], state: List[Tensor], uniforms: Tensor, settings: Tensor) -> List[Tensor]:
    temperature = float(torch.select(settings, 0, 0))
    steps = int(torch.select(settings, 0, 1))
    filters = torch.slice(settings, 0, 2, 5)
    filtering = int(torch.select(filters, 0, 0)) > 0 or float(torch.select(filters, 0, 1)) < 1. or float(torch.select(filters, 0, 2)) > 0.
    ends = torch.slice(settings, 0, 5, 9223372036854775807).to(4)
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
      t, lp, = self.pick(y, temperature, filtering, filters, torch.index_select(u, 0, cell))
      new = torch.ge(n, 0)
      here = torch.add(row, pos)
      torch.index_copy_(tokens, 0, here, torch.where(new, t, torch.index_select(tokens, 0, here)))
      torch.index_copy_(logp, 0, cell, lp)
      done = torch.logical_and(new, torch.logical_or(torch.isin(t, ends), torch.ge(n, M - 1)))
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
