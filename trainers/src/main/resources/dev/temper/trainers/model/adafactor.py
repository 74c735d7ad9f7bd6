# The update of Adafactor. TorchScript text, run without Python.
class Adafactor(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # One step in place. rows and columns hold one vector per matrix of w; of a vector they hold its
  # own mean square and nothing. settings (float64): learning rate, weight decay, factor on the
  # gradients, decay rate of the mean squares, clipping threshold.
  def update(self: __torch__.Adafactor, w: List[Tensor], totals: List[Tensor], rows: List[Tensor], columns: List[Tensor], settings: Tensor) -> Tensor:
    rate = float(torch.select(settings, 0, 0))
    decay = float(torch.select(settings, 0, 1))
    factor = float(torch.select(settings, 0, 2))
    kept = float(torch.select(settings, 0, 3))
    threshold = float(torch.select(settings, 0, 4))
    for i in range(len(w)):
      weight = w[i].detach()
      g = torch.mul(totals[i], factor)
      square = torch.add(torch.mul(g, g), 1.0000000000000001e-30)
      if weight.dim() == 2:
        torch.add_(torch.mul_(rows[i], kept), torch.mean(square, [1]), alpha=1. - kept)
        torch.add_(torch.mul_(columns[i], kept), torch.mean(square, [0]), alpha=1. - kept)
        r = torch.rsqrt(torch.div(rows[i], torch.mean(rows[i])))
        c = torch.rsqrt(columns[i])
        u = torch.mul(torch.mul(g, torch.unsqueeze(r, 1)), torch.unsqueeze(c, 0))
      else:
        torch.add_(torch.mul_(rows[i], kept), square, alpha=1. - kept)
        u = torch.mul(g, torch.rsqrt(rows[i]))
      rms = float(torch.sqrt(torch.mean(torch.mul(u, u))))
      if rms > threshold:
        u = torch.div(u, rms / threshold)
      if decay != 0.:
        torch.mul_(weight, 1. - rate * decay)
      torch.add_(weight, u, alpha=-rate)
    return settings
