# A transformer: log-probabilities, scores and their gradients.
#
# TorchScript text, run without Python. Every method is a function of its arguments; the attributes
# are constants of the model. Dtypes by number: 4 int64, 6 float32, 7 float64, 15 bfloat16.
#
# w: [embedding, layers, norm, head]; a tied head is left out. A layer has stride weights, of [input
# norm, qkv, its bias, query norm, key norm, output, its bias, output norm, feed norm, gate and up,
# their bias, down, its bias, down norm] those of the family: qkv is the index of the second in a
# layer, and so on; -1 means that the family has none. R rows of T tokens; N labelled positions; D
# hidden size.
class Transformer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  # constants

  def linear(self: __torch__.Transformer, x: Tensor, weight: Tensor) -> Tensor:
    if self.bfloat16 == 1:
      return torch.linear(x.to(15), weight.to(15))
    return torch.linear(x, weight)

  def affine(self: __torch__.Transformer, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    if self.bfloat16 == 1:
      return torch.linear(x.to(15), weight.to(15), bias.to(15))
    return torch.linear(x, weight, bias)

  # A product with the weight at an index, and its bias if the index of that is one.
  def project(self: __torch__.Transformer, x: Tensor, w: List[Tensor], o: int, weight: int, bias: int) -> Tensor:
    if bias < 0:
      return self.linear(x, w[o + weight])
    return self.affine(x, w[o + weight], w[o + bias])

  def rms(self: __torch__.Transformer, x: Tensor, weight: Tensor) -> Tensor:
    if self.norm_plus_one == 1:
      weight = torch.add(weight, 1.)
    return torch.rms_norm(x, [x.size(-1)], weight, self.rms_eps)

  # x, through the norm at an index if it is one.
  def normed(self: __torch__.Transformer, x: Tensor, w: List[Tensor], o: int, norm: int) -> Tensor:
    if norm < 0:
      return x
    return self.rms(x.to(6), w[o + norm])

  # Norm of queries or keys [R, T, heads, head_dim]: of each head, or of all together where the
  # weight is as long as that.
  def head_norm(self: __torch__.Transformer, x: Tensor, weight: Tensor) -> Tensor:
    wide = x.to(6)
    if weight.numel() == x.size(-1):
      return self.rms(wide, weight).to(x.dtype)
    return self.rms(wide.flatten(-2, -1), weight).view(x.size()).to(x.dtype)

  def activation(self: __torch__.Transformer, x: Tensor) -> Tensor:
    if self.gelu_tanh == 1:
      cubed = torch.add(x, torch.mul(torch.mul(torch.mul(x, x), x), 0.044715))
      return torch.mul(torch.mul(x, 0.5), torch.add(torch.tanh(torch.mul(cubed, 0.7978845608028654)), 1.))
    return torch.silu(x)

  # cap * tanh(x / cap).
  def capped(self: __torch__.Transformer, x: Tensor, cap: float) -> Tensor:
    return torch.mul(torch.tanh(torch.div(x, cap)), cap)

  # Cosine and sine [*, 1, head_dim] of positions [*]; frequencies theta^(-2i / head_dim), unless
  # they are listed.
  def rotary(self: __torch__.Transformer, positions: Tensor, theta: float, listed: List[float], factor: float) -> Tuple[Tensor, Tensor]:
    if len(listed) > 0:
      frequency = torch.tensor(listed, dtype=6, device=positions.device)
    else:
      even = torch.arange(0, self.head_dim, 2, dtype=7, device=positions.device)
      frequency = torch.pow(theta, torch.div(even, -self.head_dim)).to(6)
    half = torch.mul(positions.to(6).unsqueeze(-1), frequency)
    angle = torch.cat([half, half], -1).unsqueeze(-2)
    cos = torch.cos(angle)
    sin = torch.sin(angle)
    if factor != 1.:
      cos = torch.mul(cos, factor)
      sin = torch.mul(sin, factor)
    return (cos, sin)

  def rotate(self: __torch__.Transformer, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    p = torch.chunk(x, 2, -1)
    return torch.addcmul(torch.mul(x, cos), torch.cat([torch.neg(p[1]), p[0]], -1), sin)

  # Additive mask [R or 1, 1, T, T]: a query sees earlier keys of its own segment, and of a window
  # (0 for none) that ends at itself. segments [R, T], or empty where every row is one segment.
  def mask(self: __torch__.Transformer, ids: Tensor, segments: Tensor, window: int) -> Tensor:
    at = torch.arange(0, ids.size(1), device=ids.device)
    hidden = torch.gt(at.unsqueeze(0), at.unsqueeze(1)).unsqueeze(0)
    if window > 0:
      far = torch.le(at.unsqueeze(0), torch.sub(at.unsqueeze(1), window)).unsqueeze(0)
      hidden = torch.logical_or(hidden, far)
    if segments.numel() > 0:
      hidden = torch.logical_or(hidden, torch.ne(segments.unsqueeze(1), segments.unsqueeze(2)))
    dtype = 6
    if self.bfloat16 == 1:
      dtype = 15
    zeros = torch.zeros(hidden.size(), dtype=dtype, device=ids.device)
    return torch.masked_fill(zeros, hidden, -inf).unsqueeze(1)

  # q [R, T, heads, head_dim], k and v [R, T, kv_heads, head_dim]. Query heads that share a key
  # head are rows of one product, so that keys are never repeated.
  def attention(self: __torch__.Transformer, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    R = q.size(0)
    T = q.size(1)
    H = self.heads
    K = self.kv_heads
    d = self.head_dim
    G = torch.floordiv(H, K)
    qt = q.transpose(1, 2)
    kt = k.transpose(1, 2)
    vt = v.transpose(1, 2)
    if T > 384 and self.attention_cap == 0.:
      kr = torch.repeat_interleave(kt, G, 1)
      vr = torch.repeat_interleave(vt, G, 1)
      y = torch.scaled_dot_product_attention(qt, kr, vr, mask.expand([R, H, T, T]), 0., False, scale=self.attention_scale)
    else:
      rows = torch.mul(qt, self.attention_scale).reshape([R * K, G * T, d])
      s = torch.bmm(rows, kt.reshape([R * K, T, d]).transpose(1, 2))
      if self.attention_cap > 0.:
        s = self.capped(s, self.attention_cap)
      p = torch.softmax(torch.add(s.view([R, H, T, T]), mask), -1)
      y = torch.bmm(p.view([R * K, G * T, T]), vt.reshape([R * K, T, d])).view([R, H, T, d])
    return y.transpose(1, 2).reshape([R, T, H * d])

  # What all layers share: the mask, that of windowed layers, cosine and sine of positions, those of
  # layers with positions of their own.
  def shared(self: __torch__.Transformer, ids: Tensor, positions: Tensor, segments: Tensor) -> List[Tensor]:
    full = self.mask(ids, segments, 0)
    near = full
    if self.window > 0:
      near = self.mask(ids, segments, self.window)
    c, s, = self.rotary(positions, self.rope_theta, self.rope_frequencies, self.rope_factor)
    cos = c.to(full.dtype)
    sin = s.to(full.dtype)
    local_cos = cos
    local_sin = sin
    if self.local_theta > 0.:
      lc, ls, = self.rotary(positions, self.local_theta, self.local_frequencies, self.local_factor)
      local_cos = lc.to(full.dtype)
      local_sin = ls.to(full.dtype)
    return [full, near, cos, sin, local_cos, local_sin]

  # Residual stream before the first layer, [R, T, D].
  def embedded(self: __torch__.Transformer, w: List[Tensor], ids: Tensor) -> Tensor:
    x = torch.embedding(w[0], ids)
    if self.embedding_scale != 1.:
      x = torch.mul(x, self.embedding_scale)
    return x

  # Residual stream after layer i, from that before it: [R, T, D].
  def layer(self: __torch__.Transformer, w: List[Tensor], i: int, x: Tensor, shared: List[Tensor]) -> Tensor:
    R = x.size(0)
    T = x.size(1)
    H = self.heads
    K = self.kv_heads
    o = 1 + i * self.stride
    h = self.normed(x, w, o, self.input_norm)
    qkv = self.project(h, w, o, self.qkv, self.qkv_bias).view([R, T, H + 2 * K, self.head_dim])
    parts = torch.split_with_sizes(qkv, [H + K, K], 2)
    both = parts[0]
    if self.query_norm >= 0:
      apart = torch.split_with_sizes(both, [H, K], 2)
      q = self.head_norm(apart[0], w[o + self.query_norm])
      both = torch.cat([q, self.head_norm(apart[1], w[o + self.key_norm])], 2)
    if self.layer_positions[i] == 1:
      both = self.rotate(both, shared[2], shared[3])
    elif self.layer_positions[i] == 2:
      both = self.rotate(both, shared[4], shared[5])
    qk = torch.split_with_sizes(both, [H, K], 2)
    mask = shared[0]
    if self.layer_windowed[i] == 1:
      mask = shared[1]
    a = self.attention(qk[0], qk[1], parts[1], mask)
    y = self.project(a, w, o, self.output, self.output_bias)
    x = torch.add(x, self.normed(y, w, o, self.output_norm))
    h = self.normed(x, w, o, self.feed_norm)
    gate = torch.chunk(w[o + self.gate_up], 2, 0)
    if self.gate_up_bias < 0:
      up = torch.mul(self.activation(self.linear(h, gate[0])), self.linear(h, gate[1]))
    else:
      bias = torch.chunk(w[o + self.gate_up_bias], 2, 0)
      open = self.activation(self.affine(h, gate[0], bias[0]))
      up = torch.mul(open, self.affine(h, gate[1], bias[1]))
    y = self.project(up, w, o, self.down, self.down_bias)
    return torch.add(x, self.normed(y, w, o, self.down_norm))

  # Residual stream after the last layer, before the last norm: [R * T, D].
  def body(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor) -> Tensor:
    x = self.embedded(w, ids)
    shared = self.shared(ids, positions, segments)
    for i in range(self.layers):
      x = self.layer(w, i, x, shared)
    return x.flatten(0, 1)

  # Logits [N, V] in float32 at the flat positions at [N] of the body's result.
  def read(self: __torch__.Transformer, w: List[Tensor], body: Tensor, at: Tensor) -> Tensor:
    x = torch.index_select(body, 0, at)
    norm = 1 + self.layers * self.stride
    if self.tied == 1:
      head = w[0]
    else:
      head = w[norm + 1]
    y = self.linear(self.rms(x, w[norm]), head).to(6)
    if self.logit_cap > 0.:
      y = self.capped(y, self.logit_cap)
    return y

  # Logits [N, V] in float32 at the flat positions at [N].
  def logits(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor) -> Tensor:
    return self.read(w, self.body(w, ids, positions, segments), at)

  def chosen(self: __torch__.Transformer, y: Tensor, targets: Tensor, temperature: Tensor) -> Tensor:
    t = float(temperature)
    if t != 1.:
      y = torch.div(y, t)
    return torch.neg(torch.cross_entropy_loss(y, targets, None, 0))

  # log softmax(logits / temperature)[targets], [N].
  def log_probs(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor, targets: Tensor, temperature: Tensor) -> Tensor:
    return self.chosen(self.logits(w, ids, positions, segments, at), targets, temperature)

  # Scores [N]: the head has one row.
  def scores(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor) -> Tensor:
    return self.logits(w, ids, positions, segments, at).squeeze(1)

  # [loss, gradients...] of -weight * sum(log-probabilities).
  def token_gradients(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor, targets: Tensor, weight: Tensor) -> List[Tensor]:
    y = self.logits(w, ids, positions, segments, at)
    loss = torch.mul(torch.cross_entropy_loss(y, targets, None, 2), float(weight))
    gradients = torch.autograd.grad([loss], w)
    out = annotate(List[Tensor], [loss.detach()])
    for i in range(len(w)):
      out.append(torch._unwrap_optional(gradients[i]))
    return out

  # A leaf of the shape of like that holds values [N] at the flat cells [N], and 0 elsewhere.
  def leaf(self: __torch__.Transformer, values: Tensor, cells: Tensor, like: Tensor) -> Tensor:
    flat = torch.zeros([like.numel()], dtype=6, device=values.device)
    torch.index_copy_(flat, 0, cells, values.detach())
    return flat.view(like.size()).requires_grad_(True)

  # Gradient [N] of a loss at the cells of a leaf.
  def leaf_gradient(self: __torch__.Transformer, loss: Tensor, leaf: Tensor, cells: Tensor) -> Tensor:
    if not loss.requires_grad:
      return torch.zeros([cells.numel()], dtype=6, device=leaf.device)
    found = torch.autograd.grad([loss], [leaf])
    return torch.index_select(torch._unwrap_optional(found[0]).flatten(), 0, cells)

  # Gradients of sum(gradient * values) in w; values [N] still hold their graph.
  def backward(self: __torch__.Transformer, w: List[Tensor], values: Tensor, gradient: Tensor) -> List[Tensor]:
    gradients = torch.autograd.grad([values], w, annotate(List[Optional[Tensor]], [gradient]))
    out = annotate(List[Tensor], [])
    for i in range(len(w)):
      out.append(torch._unwrap_optional(gradients[i]))
    return out

  # The same with layers computed again on the way back: of the way there only what goes into each
  # layer is kept, [R, T, D] each, and what comes out of the last.
  def kept(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor) -> List[Tensor]:
    torch.set_grad_enabled(False)
    x = self.embedded(w, ids)
    kept = annotate(List[Tensor], [x])
    shared = self.shared(ids, positions, segments)
    for i in range(self.layers):
      x = self.layer(w, i, x, shared)
      kept.append(x)
    torch.set_grad_enabled(True)
    return kept

  # Weights of the last norm and of the head.
  def top(self: __torch__.Transformer, w: List[Tensor]) -> List[Tensor]:
    norm = 1 + self.layers * self.stride
    if self.tied == 1:
      return [w[norm], w[0]]
    return [w[norm], w[norm + 1]]

  # Gradients in w. found: those of what comes out of the last layer, of the last norm, and of the head.
  def again(self: __torch__.Transformer, w: List[Tensor], kept: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, found: List[Optional[Tensor]]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(len(w)):
      out.append(w[i])
    norm = 1 + self.layers * self.stride
    torch._set_item(out, norm, torch._unwrap_optional(found[1]))
    if self.tied == 0:
      torch._set_item(out, norm + 1, torch._unwrap_optional(found[2]))
    gradient = torch._unwrap_optional(found[0])
    shared = self.shared(ids, positions, segments)
    for k in range(self.layers):
      i = self.layers - 1 - k
      o = 1 + i * self.stride
      x = kept[i].detach().requires_grad_(True)
      through = annotate(List[Tensor], [x])
      for j in range(self.stride):
        through.append(w[o + j])
      y = self.layer(w, i, x, shared)
      of = torch.autograd.grad([y], through, annotate(List[Optional[Tensor]], [gradient]))
      gradient = torch._unwrap_optional(of[0])
      for j in range(self.stride):
        torch._set_item(out, o + j, torch._unwrap_optional(of[1 + j]))
    last = torch.autograd.grad([self.embedded(w, ids)], [w[0]], annotate(List[Optional[Tensor]], [gradient]))
    embedding = torch._unwrap_optional(last[0])
    if self.tied == 1:
      embedding = torch.add(torch._unwrap_optional(found[2]), embedding)
    torch._set_item(out, 0, embedding)
    return out

  # What the last layer gave, ready for gradients.
  def top_leaf(self: __torch__.Transformer, kept: List[Tensor]) -> Tensor:
    return kept[len(kept) - 1].detach().requires_grad_(True)

  # As token_gradients.
  def token_gradients_again(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor, targets: Tensor, weight: Tensor) -> List[Tensor]:
    kept = self.kept(w, ids, positions, segments)
    x = self.top_leaf(kept)
    y = self.read(w, x.flatten(0, 1), at)
    loss = torch.mul(torch.cross_entropy_loss(y, targets, None, 2), float(weight))
    top = self.top(w)
    found = torch.autograd.grad([loss], [x, top[0], top[1]])
    out = annotate(List[Tensor], [loss.detach()])
    gradients = self.again(w, kept, ids, positions, segments, found)
    for i in range(len(gradients)):
      out.append(gradients[i])
    return out

  # [log_probs, what is kept...].
  def log_probs_kept(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor, targets: Tensor, temperature: Tensor) -> List[Tensor]:
    kept = self.kept(w, ids, positions, segments)
    torch.set_grad_enabled(False)
    y = self.read(w, kept[len(kept) - 1].flatten(0, 1), at)
    out = annotate(List[Tensor], [self.chosen(y, targets, temperature)])
    torch.set_grad_enabled(True)
    for i in range(len(kept)):
      out.append(kept[i])
    return out

  # As backward.
  def log_probs_again(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor, targets: Tensor, temperature: Tensor, gradient: Tensor, kept: List[Tensor]) -> List[Tensor]:
    x = self.top_leaf(kept)
    values = self.chosen(self.read(w, x.flatten(0, 1), at), targets, temperature)
    top = self.top(w)
    found = torch.autograd.grad([values], [x, top[0], top[1]], annotate(List[Optional[Tensor]], [gradient]))
    return self.again(w, kept, ids, positions, segments, found)

  # [scores, what is kept...].
  def scores_kept(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor) -> List[Tensor]:
    kept = self.kept(w, ids, positions, segments)
    torch.set_grad_enabled(False)
    y = self.read(w, kept[len(kept) - 1].flatten(0, 1), at)
    out = annotate(List[Tensor], [y.squeeze(1)])
    torch.set_grad_enabled(True)
    for i in range(len(kept)):
      out.append(kept[i])
    return out

  # As backward.
  def scores_again(self: __torch__.Transformer, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor, gradient: Tensor, kept: List[Tensor]) -> List[Tensor]:
    x = self.top_leaf(kept)
    values = self.read(w, x.flatten(0, 1), at).squeeze(1)
    top = self.top(w)
    found = torch.autograd.grad([values], [x, top[0], top[1]], annotate(List[Optional[Tensor]], [gradient]))
    return self.again(w, kept, ids, positions, segments, found)
